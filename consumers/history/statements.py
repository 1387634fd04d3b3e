"""What some columns of a row state: read, validated and made a command once per distinct texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from deskledger.consumers.history.memo import Memo
from deskledger.consumers.history.people import Mention
from deskledger.consumers.history.quarantine import RowQuarantined
from deskledger.consumers.history.rows import Texts, picker
from deskledger.domain.errors import invalid_input
from deskledger.domain.ticket.together import Part
from deskledger.eventlog.writing.stated import stated_by_part

T = TypeVar("T")


class Stated(NamedTuple):
    """What texts state: fields of a command by name, and the people named."""

    fields: dict[str, Any]
    mentions: tuple[Mention, ...] = ()


class Said(NamedTuple):
    """A command, the people that it names, and the JSON of what it states."""

    command: Part
    mentions: tuple[Mention, ...]
    stated: bytes


class Statement:
    """Some columns of a row and the command that they make.

    Commands never change and carry no time of their own here, so one object serves every row that
    says the same.
    """

    def __init__(
        self,
        places: Sequence[int],
        read: Callable[[Texts], Stated],
        command: Callable[..., Part],
    ) -> None:
        """`read` gets the texts at `places`; what it states are the arguments of `command`."""
        self._texts = picker(places)
        self._command = command
        self._stated = Memo(read)
        self._said = Memo(self._say)

    def say(self, values: Sequence[str]) -> Said:
        """The command that a row makes.

        Raises:
            RowQuarantined: a text cannot be read, or is nothing that the command takes.
        """
        return self._said[self._texts(values)]

    def stated(self, values: Sequence[str]) -> Stated:
        """What a row states, by the names of the command's fields.

        Raises:
            RowQuarantined: a text cannot be read.
        """
        return self._stated[self._texts(values)]

    def _say(self, texts: Texts) -> Said:
        stated = self._stated[texts]
        return said(made(self._command, stated.fields), stated.mentions)


def said(command: Part, mentions: tuple[Mention, ...] = ()) -> Said:
    """A part of a row's command."""
    return Said(command, mentions, stated_by_part(command))


def made(command: Callable[..., T], fields: dict[str, Any]) -> T:
    """Make a command.

    Raises:
        RowQuarantined: a value is not one that the command takes.
    """
    try:
        return command(**fields)
    except ValidationError as error:
        raise RowQuarantined("value_invalid", str(invalid_input(error))) from None
