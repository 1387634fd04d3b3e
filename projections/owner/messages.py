"""What the owner of the tables and those who ask it say to each other: version 1.

Both sides begin with a greeting. Then the asker begins a moment, asks within it, and ends it: a
message each, and one in answer, but for rows, which come in batches until `end`. An error stands
in place of an answer and ends the moment.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from deskledger import __version__
from deskledger.domain.errors import DeskError, InvalidInput
from deskledger.domain.shapes import instant_text
from deskledger.eventlog.errors import ForeignFile, LedgerDamaged, NewerVersion, Unavailable
from deskledger.eventlog.instants import parse_instant
from deskledger.eventlog.progress import Progress
from deskledger.projections.errors import Astray, GrantNeeded, Outdated, QuestionStopped
from deskledger.projections.owner.frames import Busy

PROTOCOL = 1
GREETING = "deskledger.projections"

_ERRORS = {
    kind.__name__: kind
    for kind in (
        *(InvalidInput, GrantNeeded, QuestionStopped, Unavailable, Astray, Outdated),
        *(ForeignFile, NewerVersion, LedgerDamaged, DeskError),
    )
}


class Begin(BaseModel):
    """Begins a moment, as soon as the tables hold what is named, or as they are by then.

    Attributes:
        at_least: how many records of each lane they are to hold.
        wait_seconds: how long to wait for that.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["begin"] = "begin"
    at_least: dict[int, int] = Field(default_factory=dict)
    wait_seconds: float = Field(default=0.0, ge=0)


class Answer(BaseModel):
    """Asks one of the desk's own questions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["answer"] = "answer"
    question: str
    arguments: dict[str, Any]


class Ask(BaseModel):
    """Asks for rows in SQL."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["ask"] = "ask"
    sql: str
    personal: bool = False


class End(BaseModel):
    """Ends the moment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["end"] = "end"


class Switch(BaseModel):
    """Asks the owner to go on with the tables that were rebuilt beside its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["switch"] = "switch"


Request = Begin | Answer | Ask | End | Switch
_REQUEST: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="do")])


class Owner(NamedTuple):
    """Who owns the tables.

    Attributes:
        desk: id of the desk.
        directory: device and number of the desk's directory, which tell it from a copy of it.
        software: version of the owner's software.
        pid: its process.
        since: when it took the tables.
        seconds: how long a moment lasts at most.
    """

    desk: str
    directory: tuple[int, int]
    software: str
    pid: int
    since: datetime
    seconds: float


def directory_mark(directory: Path) -> tuple[int, int]:
    """Device and number of a directory."""
    found = directory.stat()
    return found.st_dev, found.st_ino


def asker_greeting() -> dict[str, Any]:
    """How one who asks begins."""
    return {"hello": GREETING, "protocol": PROTOCOL, "software": __version__}


def owner_greeting(owner: Owner) -> dict[str, Any]:
    """How the owner begins."""
    told = owner._asdict() | {"since": instant_text(owner.since)}
    return {"hello": GREETING, "protocol": PROTOCOL, **told}


def check_greeting(told: Any, whose: str) -> Mapping[str, Any]:
    """The other side's greeting, if it speaks this version.

    Raises:
        NewerVersion: it speaks a newer one.
        Unavailable: it speaks an older one, or another language.
    """
    if not isinstance(told, dict) or told.get("hello") != GREETING:
        raise Unavailable(f"{whose} is another program.")
    protocol, software = told.get("protocol"), told.get("software")
    facts = {"protocol": protocol, "known": PROTOCOL, "software": software}
    if not isinstance(protocol, int) or protocol < PROTOCOL:
        raise Unavailable(f"{whose} is an older deskledger ({software}); start it anew.", **facts)
    if protocol > PROTOCOL:
        told = f"{whose} is a newer deskledger ({software}); update this software."
        raise NewerVersion(told, **facts)
    return told


def read_owner(told: Any) -> Owner:
    """Who the owner is, from its greeting.

    Raises:
        Busy: it has no room for one more, and says so in place of a greeting.
        NewerVersion, Unavailable: as `check_greeting`.
    """
    if isinstance(told, dict) and "error" in told:
        raise Busy
    facts = check_greeting(told, "The owner of the tables")
    known = {name: facts[name] for name in Owner._fields}
    device, number = known["directory"]
    return Owner(**known | {"directory": (device, number), "since": parse_instant(known["since"])})


def read_request(told: Any) -> Request:
    """A request.

    Raises:
        InvalidInput: it is none of this version.
    """
    try:
        return _REQUEST.validate_python(told)
    except ValidationError as error:
        raise InvalidInput("The owner of the tables knows no such request.") from error


def told_progress(progress: Sequence[Progress]) -> list[tuple[int, int, int, str]]:
    """The progress of lanes as JSON has it."""
    return [(at.lane, at.records, at.sequence, at.hash.hex()) for at in progress]


def read_progress(desk: str, told: Sequence[Sequence[Any]]) -> list[Progress]:
    """The progress of lanes that was told."""
    return [
        Progress(desk, lane, records, sequence, bytes.fromhex(hash_))
        for lane, records, sequence, hash_ in told
    ]


def told_error(error: DeskError) -> dict[str, Any]:
    """An error as JSON has it; one of a kind that the other side need not know is its parent."""
    kind = next(one for one in type(error).__mro__ if one.__name__ in _ERRORS)
    facts = orjson.loads(orjson.dumps(error.facts, default=str))
    return {"error": kind.__name__, "message": str(error), "facts": facts}


def raise_error(told: Mapping[str, Any]) -> None:
    """Raises the error that stands in place of an answer, if one does."""
    if "error" in told:
        raise _ERRORS.get(told["error"], DeskError)(told["message"], **told["facts"])
