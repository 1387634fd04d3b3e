"""Configurations as people name them, and the documents that they hand in."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from deskledger.app.cli import values
from deskledger.app.cli.failures import BAD_INPUT
from deskledger.app.cli.paths import read_at_most
from deskledger.app.cli.session import Session
from deskledger.domain.configuration.documents import KINDS, Kind, invalid_document
from deskledger.domain.configuration.faults import nearest
from deskledger.domain.configuration.state import ConfigurationState, Version
from deskledger.domain.errors import InvalidInput
from deskledger.domain.sla.text import BYTES_MAX
from deskledger.domain.streams import stream_type
from deskledger.eventlog.names import check_stream
from deskledger.eventlog.writing.streams import Loaded

Named = Annotated[str, typer.Argument(metavar="NAME", help="As desk, or ticket-type/refund.")]
File = Annotated[str, typer.Argument(metavar="FILE", help="Of the document in JSON; - for stdin.")]


def kind_of(name: str) -> Kind:
    """The kind of the configuration that people call `name`.

    Raises:
        InvalidInput: there is no such kind, or the name is not one of a stream.
    """
    noun = name.partition("/")[0]
    kind = KINDS.get(noun)
    if kind is None:
        told = f"There is no configuration {noun!r}; the nearest is {nearest(noun, KINDS)}."
        raise InvalidInput(told, name=name, kinds=list(KINDS))
    stream_type(check_stream(name))
    return kind


def loaded(session: Session, name: str) -> Loaded:
    """A configuration, whether or not anything was published."""
    kind_of(name)
    return session.desk.writer.streams.load(name)


def chosen(state: ConfigurationState | None, name: str, number: int | None) -> Version:
    """A version by its number, else the one in force, else the one published last.

    Raises:
        InvalidInput: there is none, or none of this number.
    """
    if state is None or not state.versions:
        told = f"Nothing was published under {name}; `deskledger config list` shows what was."
        raise InvalidInput(told, name=name)
    version = state.latest or state.versions[-1]
    if number is not None:
        stated = state.numbered(number)
        if stated is None:
            told = f"{name} has no version {number}; the newest is {state.published}."
            raise InvalidInput(told, name=name, version=number)
        version = stated
    return version


def document_in(session: Session, kind: Kind, file: str) -> dict[str, Any]:
    """The document in a file, of which every fault is told; ends with code 2 where there is one.

    Raises:
        InvalidInput: it is no JSON; or, where JSON is asked for, it has faults.
    """
    document = _json(file, session.directory)
    faults = sorted(kind.faults(document))
    if not faults:
        return dict(document)
    if session.as_json:
        raise invalid_document(faults, session.language)
    for one in faults:
        told = (one.path, one.sentence(session.language))
        sys.stderr.write(session.say("list.value").join(told) + "\n")
    sys.stderr.write(session.say("config.faults", file=file, faults=len(faults)) + "\n")
    raise typer.Exit(BAD_INPUT)


def _json(file: str, desk: Path) -> Any:
    stdin = file == values.STDIN
    text = values.words(file) if stdin else read_at_most(Path(file), desk, BYTES_MAX + 1)
    if len(text) > BYTES_MAX:
        raise InvalidInput(f"{file} is longer than {BYTES_MAX} bytes.", file=file)
    try:
        return json.loads(text, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{file}: this is no JSON: {error}.", file=file) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the name {twice!r} stands twice in one object")
    return found
