"""What is wrong with service levels, in the words of people."""

import sys
from pathlib import Path
from typing import NoReturn

import typer

from deskledger.app.cli.failures import BAD_INPUT, as_desk_error, message
from deskledger.app.cli.paths import read_at_most
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import one_line
from deskledger.domain.errors import InvalidInput
from deskledger.domain.sla.faults import Fault, Faulty
from deskledger.domain.sla.text import BYTES_MAX


def sentence(session: Session, fault: Fault) -> str:
    """Why something is wrong, in the session's language; lists have its own comma."""
    facts = dict(fault.facts)
    if "choices" in facts:
        facts["choices"] = facts["choices"].replace(", ", session.say("list.part"))
    return one_line(session.say(f"fault.{fault.code}", **facts))


def lines(session: Session, faults: list[Fault]) -> list[str]:
    """One line for each fault: where, and why."""
    colon = session.say("list.value")
    return [f"{one_line(one.path)}{colon}{sentence(session, one)}" for one in faults]


def refuse(session: Session, file: Path, faults: list[Fault]) -> NoReturn:
    """Tells every fault of a file, and ends with the code of bad input.

    Raises:
        InvalidInput: where JSON is asked for, with each path and reason.
    """
    if session.as_json:
        problems = tuple((one.path, sentence(session, one)) for one in faults)
        raise InvalidInput("; ".join(map(": ".join, problems)), problems=problems)
    for line in lines(session, faults):
        sys.stderr.write(line + "\n")
    sys.stderr.write(session.say("config.faults", file=file, faults=len(faults)) + "\n")
    raise typer.Exit(BAD_INPUT)


def read_bounded(file: Path, session: Session) -> bytes:
    """The bytes of a file, not many more than it may have.

    Raises:
        Faulty: it cannot be read, which is a fault of its whole text.
    """
    try:
        return read_at_most(file, session.directory, BYTES_MAX + 1)
    except (OSError, InvalidInput) as error:
        known = as_desk_error(error)
        reason = str(error) if known is None else message(known, session.language)
        raise Faulty([Fault("$", "unreadable", {"reason": reason})]) from None
