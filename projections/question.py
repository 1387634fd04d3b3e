"""What can be asked of the tables, whichever process has their file open.

Nothing here loads DuckDB: whoever asks the process that owns the file need not have it.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model

from deskledger.domain.errors import invalid_input
from deskledger.eventlog.progress import Progress

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a question may take, its reading included, and how much it may give.

    None does not limit; bytes are those of texts, and eight for any other value.
    """

    seconds: float | None = None
    rows: int | None = None
    bytes: int | None = None


@dataclass(frozen=True)
class Asked:
    """An answer in rows that is being read.

    Attributes:
        columns: name and DuckDB type of each column.
        rows: batches of rows, in order; to be read before the question is closed.
        progress: how far the tables had come.
    """

    columns: tuple[tuple[str, str], ...]
    rows: Iterator[list[tuple[Any, ...]]]
    progress: Sequence[Progress]


@dataclass(frozen=True, slots=True)
class Answered(Generic[T]):
    """An answer, and how far each lane had been read when it was given."""

    value: T
    progress: Sequence[Progress]


class Connection(Protocol):
    """What a question needs of a database."""

    def execute(self, query: str, parameters: object = ...) -> "Connection":
        """Runs a statement with its parameters."""

    def fetchall(self) -> list[Any]:
        """The rows of the latest statement."""


class Moment(Protocol):
    """The tables as they are at one moment: all that is asked of it belongs together.

    Attributes:
        progress: how far the tables had come.
    """

    progress: Sequence[Progress]

    def answer(self, question: "Question[P, T]", *args: P.args, **kwargs: P.kwargs) -> T:
        """Answers one of the desk's own questions."""

    def ask(
        self, sql: str, *, personal: bool, limits: Limits | None = None
    ) -> AbstractContextManager[Asked]:
        """Answers a SELECT or EXPLAIN, as `analyst.ask` says."""


class Tables(Protocol):
    """The read models of one desk, in this process or behind the one that owns them."""

    def moment(self) -> AbstractContextManager[Moment]:
        """The tables as they are now, until the block ends."""


class Question(Generic[P, T]):
    """A question that the desk itself asks: a function over a connection inside a transaction.

    Called with tables, it answers with the progress of the same transaction. Its arguments and its
    answer have a form in JSON that follows from the function's annotations, so that another
    process can be asked.
    """

    def __init__(self, read: Callable[Concatenate[Connection, P], T]) -> None:
        self.read = read
        self.name = read.__name__
        self.__doc__ = read.__doc__

    def __call__(self, tables: Tables, *args: P.args, **kwargs: P.kwargs) -> Answered[T]:
        """Asks it of the tables as they are now."""
        with tables.moment() as moment:
            return Answered(moment.answer(self, *args, **kwargs), moment.progress)

    def told_arguments(self, *args: P.args, **kwargs: P.kwargs) -> dict[str, Any]:
        """The arguments as JSON has them, by name."""
        bound = inspect.signature(self.read).bind(None, *args, **kwargs).arguments
        stated = dict(list(bound.items())[1:])
        return self._arguments(**stated).model_dump(mode="json", exclude_unset=True)

    def read_arguments(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments that were told as JSON.

        Raises:
            InvalidInput: they are not those of this question.
        """
        try:
            stated = self._arguments.model_validate(told)
        except ValidationError as error:
            raise invalid_input(error) from error
        return {name: getattr(stated, name) for name in stated.model_fields_set}

    def told_answer(self, value: T) -> Any:
        """The answer as JSON has it."""
        return self._answer.dump_python(value, mode="json")

    def read_answer(self, told: Any) -> T:
        """The answer that was told as JSON."""
        return self._answer.validate_python(told)

    @cached_property
    def _arguments(self) -> type[BaseModel]:
        hints = get_type_hints(self.read)
        _, *parameters = inspect.signature(self.read).parameters.values()
        fields: dict[str, Any] = {
            one.name: (hints[one.name], ... if one.default is one.empty else one.default)
            for one in parameters
        }
        return create_model(self.name, __config__=ConfigDict(extra="forbid"), **fields)

    @cached_property
    def _answer(self) -> TypeAdapter[T]:
        return TypeAdapter(get_type_hints(self.read)["return"])
