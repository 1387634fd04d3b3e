"""What the feed says of a commit: its published events, in the order of their positions."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from deskledger import __version__
from deskledger.consumers.publisher.allow_checks import EventName
from deskledger.consumers.publisher.allow_list import Allowed, AllowList
from deskledger.consumers.publisher.field_paths import Tree
from deskledger.consumers.publisher.published_model import cutter, published_model
from deskledger.domain.errors import invalid_input
from deskledger.domain.shapes import Erased
from deskledger.domain.streams import STREAM_TYPES
from deskledger.eventlog.commit import Commit, read_commit
from deskledger.eventlog.errors import LedgerDamaged, NewerVersion, UnreadableCommit
from deskledger.eventlog.names import noun_of
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.vault.sealing import key_ids, unseal

JsonObject = dict[str, Any]
DataKeys = Callable[[Collection[bytes]], Mapping[bytes, bytes]]
"""The keys of those ids that still exist."""

_SOFTWARE = re.compile(r"deskledger (\d{1,6})\.(\d{1,6})\.(\d{1,6})")


class Published(NamedTuple):
    """An event as the feed tells it.

    Attributes:
        sequence: its position in its lane.
        name: its contract.
        time: when it happened, as it is stored.
        data: JSON.
    """

    sequence: int
    name: EventName
    time: str
    data: bytes


class Unreadable(NamedTuple):
    """An event that cannot be published because it has not the shape of its type."""

    stream: str
    version: int
    reason: str


class Contents(NamedTuple):
    """What became of a commit's events.

    Attributes:
        withheld: how many the allow-list does not name.
    """

    published: Sequence[Published]
    withheld: int
    unreadable: Sequence[Unreadable]


class Content:
    """Reads commits with an allow-list; `prepare` comes first, where it opens personal values."""

    def __init__(self, allow_list: AllowList, data_keys: DataKeys) -> None:
        """Takes what may be published, and where the keys of sealed values come from."""
        self._contracts = {
            name: _Contract(name, allowed) for name, allowed in allow_list.events.items()
        }
        self._opens_personal = allow_list.opens_personal
        self._data_keys = data_keys
        self._keys: Mapping[bytes, bytes] = {}

    def prepare(self, records: Sequence[StoredRecord]) -> None:
        """Fetches the keys that these records need, all at once; earlier ones are forgotten.

        Raises:
            Unavailable: the keys cannot be read.
        """
        if not self._opens_personal:
            return
        wanted: set[bytes] = set()
        for record in records:
            if record.version is not None:
                wanted |= self._keys_of(record)
        self._keys = self._data_keys(wanted) if wanted else {}

    def read(self, record: StoredRecord) -> Contents:
        """What a record publishes; nothing unless it is effective.

        Raises:
            NewerVersion: newer software wrote an event that is not known here, so whether it is
                published cannot be told.
        """
        if record.version is None:
            return Contents((), 0, ())
        try:
            commit = read_commit(record.value)
        except UnreadableCommit as error:
            return Contents((), 0, (Unreadable(record.stream, record.version, str(error)),))
        published: list[Published] = []
        unreadable: list[Unreadable] = []
        noun, before = noun_of(record.stream), record.sequence - len(commit.events)
        for index, event in enumerate(commit.events):
            contract = self._contracts.get(EventName(noun, *_type(event)))
            if contract is None:
                _check_known(noun, event, commit)
                continue
            try:
                told = contract.data(record, commit, index, self._keys)
            except (ValidationError, LedgerDamaged) as error:
                at = record.version + index
                unreadable.append(Unreadable(record.stream, at, _reason(error)))
            else:
                time: str = event["occurred_at"]
                published.append(Published(before + index + 1, contract.name, time, told))
        withheld = len(commit.events) - len(published) - len(unreadable)
        return Contents(published, withheld, unreadable)

    def _keys_of(self, record: StoredRecord) -> set[bytes]:
        noun = noun_of(record.stream)
        found: set[bytes] = set()
        try:
            for event in orjson.loads(record.value)["events"]:
                contract = self._contracts.get(EventName(noun, *_type(event)))
                if contract is not None and contract.opens_personal:
                    found |= key_ids(event)
        except LedgerDamaged:
            # Reading the event finds this again, and says so then.
            return set()
        return found


class _Contract:
    """What is published of one version of one event."""

    def __init__(self, name: EventName, allowed: Allowed) -> None:
        self.name = name
        self.opens_personal = bool(allowed.personal)
        self._cut = cutter(Tree(allowed.plain | allowed.personal))
        self._validate = published_model(name, allowed).__pydantic_validator__.validate_python

    def data(
        self, record: StoredRecord, commit: Commit, index: int, keys: Mapping[bytes, bytes]
    ) -> bytes:
        """The data of an event.

        Raises:
            ValidationError: it has not the shape of its type.
            LedgerDamaged: a sealed value does not open with its own key.
        """
        event = commit.events[index]
        if self.opens_personal:
            event = unseal(record.stream, event, keys)
        actor = commit.envelope.actor
        told = {
            "stream": record.stream,
            "number": record.number,
            "version": commit.version + index,
            "type": self.name.type,
            "v": self.name.v,
            "occurred_at": event.get("occurred_at"),
            "recorded_at": commit.recorded_at,
            "actor": {"kind": actor.get("kind")} if isinstance(actor, dict) else actor,
            "event": _without_erased(self._cut(event)) if self.opens_personal else self._cut(event),
        }
        self._validate(told)
        return orjson.dumps(told)


def _type(event: JsonObject) -> tuple[Any, Any]:
    name, v = event.get("type"), event.get("v")
    return (name, v) if isinstance(name, str) and v.__class__ is int else ("", 0)


def _check_known(noun: str, event: JsonObject, commit: Commit) -> None:
    kind = STREAM_TYPES.get(noun)
    if kind is None or _type(event) in kind.events or not _is_newer(commit.envelope.software):
        return
    told = (
        f"{commit.stream} holds a {event.get('type')} of {commit.envelope.software}, which is not"
        " known here; update the software of the publisher."
    )
    raise NewerVersion(told, stream=commit.stream, type=event.get("type"), v=event.get("v"))


def _is_newer(software: object) -> bool:
    """Whether a commit states that a later release than this one wrote it."""
    stated = _SOFTWARE.fullmatch(software) if isinstance(software, str) else None
    return stated is not None and tuple(map(int, stated.groups())) > _OWN_RELEASE


_OWN_RELEASE = tuple(map(int, __version__.split(".")[:3]))


def _reason(error: ValidationError | LedgerDamaged) -> str:
    return str(invalid_input(error) if isinstance(error, ValidationError) else error)


def _without_erased(value: Any) -> Any:
    """The value with null where a personal one was erased."""
    match value:
        case Erased():
            return None
        case dict():
            return {name: _without_erased(item) for name, item in value.items()}
        case list():
            return [_without_erased(item) for item in value]
        case _:
            return value
