"""The shapes that events and commands share.

Sizes that bound a shape are part of the command's validation: an event that was stored once is
valid for ever, so bounds may grow and never shrink.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    StrictBool,
    StrictInt,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

T = TypeVar("T")

TEXT_LENGTH_MAX = 65_536
INTEGER_MAX = 2**53 - 1


class Frozen(BaseModel):
    """A model whose values never change and that refuses unknown fields."""

    # A command of the command line uses a tenth of all models: each is built when it is first used.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @classmethod
    def model_construct(  # type: ignore[override]  # for mypy each model has its own
        cls, _fields_set: set[str] | None = None, **values: Any
    ) -> Self:
        """Make a model of values that are valid already, at a third of the price.

        What is stored does not show the difference: fields stand in their order, and those that
        were not stated have their defaults. Pydantic's own costs more than validating does.
        """
        blank, needed = _blank(cls)
        filled = blank | values
        assert needed <= values.keys(), "a field without a default is stated"
        assert len(filled) == len(blank), "what is stated is a field"
        made = cls.__new__(cls)
        object.__setattr__(made, "__dict__", filled)
        object.__setattr__(made, "__pydantic_fields_set__", _fields_set or set(values))
        object.__setattr__(made, "__pydantic_extra__", None)
        object.__setattr__(made, "__pydantic_private__", None)
        return made

    def written(self) -> dict[str, Any]:
        """The model as it is stored; ``model_dump(mode="json")`` at half the price."""
        written: dict[str, Any] = self.__pydantic_serializer__.to_python(self, mode="json")
        return written


@cache
def _blank(model: type[BaseModel]) -> tuple[dict[str, Any], frozenset[str]]:
    """The fields of a model in their order with their defaults, and those that have none."""
    fields = model.model_fields
    needed = {n for n, field in fields.items() if field.is_required() or field.default_factory}
    return {name: field.default for name, field in fields.items()}, frozenset(needed)


@lru_cache(maxsize=4_096)
def instant_text(instant: datetime) -> str:
    """Write an aware UTC instant as it is stored: ``YYYY-MM-DDTHH:MM:SS.ffffffZ``.

    Remembers the recent ones: a commit writes the same few many times.
    """
    return instant.isoformat(timespec="microseconds")[:26] + "Z"


def _as_utc(instant: datetime) -> datetime:
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)


Instant = Annotated[
    AwareDatetime,
    AfterValidator(_as_utc),
    PlainSerializer(instant_text, return_type=str, when_used="json"),
]
"""A point in time with microseconds, always aware UTC."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}\z")]
"""A language-neutral name from the desk's configuration: an open set, checked for form only."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}\z")]
"""The last part of a stream's name, or an id of the same form: mostly a lower-case UUID."""

Locale = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,7}\z")]
"""A BCP 47 language tag such as ``en`` or ``zh-Hans``."""

Label = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}\z")]
"""One line of text that is not personal: an id in another system, a category of a source."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
"""A short personal text: a subject, a name, an address."""

Text = Annotated[str, StringConstraints(max_length=TEXT_LENGTH_MAX)]
"""A long text; longer originals become attachments."""

Names = dict[Locale, Label]
"""A configured text that people see, by locale."""

Decimal = Annotated[str, StringConstraints(pattern=r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?\z")]
"""An exact decimal number as text: amounts and confidences are never floats."""

Integer = Annotated[StrictInt, Field(ge=-INTEGER_MAX, le=INTEGER_MAX)]
Count = Annotated[StrictInt, Field(ge=0, le=INTEGER_MAX)]

Lines = Annotated[
    tuple[Annotated[str, StringConstraints(max_length=1_000)], ...], Field(max_length=100)
]


def told_once(code: str, told: str) -> WrapValidator:
    """Says once what a value may be, where each kind by itself would say what it is not."""

    def checked(value: Any, inner: ValidatorFunctionWrapHandler) -> Any:
        try:
            return inner(value)
        except ValidationError:
            raise PydanticCustomError(code, told) from None

    return WrapValidator(checked)


_FIELD_VALUE = "a field holds text, a whole number, true or false, or a list of short texts"
FieldValue = Annotated[StrictBool | Integer | Text | Lines, told_once("field_value", _FIELD_VALUE)]
"""A custom field's value: boolean, integer, string (dates too) or a list of strings."""

Slugs = Annotated[tuple[Slug, ...], Field(max_length=100)]


def absent(value: object) -> bool:
    """Whether a field that may be missing in stored JSON is to be left out."""
    return value is None


@dataclass(frozen=True, slots=True)
class Erased:
    """Stands where a personal value was whose key has been destroyed."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Accept an instance as it is; write it as null, as a sealed ``before`` must be."""
        written = core_schema.plain_serializer_function_ser_schema(_null, when_used="json")
        return core_schema.is_instance_schema(cls, serialization=written)


def _null(_erased: object) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a field whose value is sealed before it is stored.

    Attributes:
        purpose: which key seals it: the ``subject``'s own, or one of its own for the ``text`` or
            ``attachment`` of a single interaction, so that one message can be redacted.
    """

    purpose: Literal["subject", "text", "attachment"]


P = Annotated[T | Erased, Personal("subject")]
PersonalText = Annotated[Text | Erased, Personal("text")]
PersonalName = Annotated[Line | Erased, Personal("attachment")]


class Change(Frozen, Generic[T]):
    """What an event replaced, and since when that had held.

    Attributes:
        since: business time at which ``before`` began to hold; null where nothing came before.
    """

    before: T
    after: T
    since: Instant | None


class Of(Frozen):
    """A published version of a configuration; version 0 is shipped with the software."""

    kind: Slug
    id: Id
    version: Count


class Party(Frozen):
    """Who is responsible: the agent if set, else the group's queue, else the desk's intake."""

    group: Id | None
    agent: Id | None


# A generic model costs as much to name as to make: each is named once.
FieldChange = Change[FieldValue | None]
PersonalChange = Change[FieldValue | Erased | None]
IdChange = Change[Id | None]


ActorKind = Literal["agent", "customer", "bot", "rule", "policy", "service", "system", "importer"]


class Actor(Frozen):
    """Who appended a commit, or on whose behalf."""

    kind: ActorKind
    id: Id
    version: Count | None = Field(default=None, exclude_if=absent)


class By(Frozen):
    """Who decided an event when it is not the actor of the commit."""

    kind: Literal["rule", "policy", "model", "macro"]
    id: Id
    version: Count
    confidence: Decimal | None = Field(default=None, exclude_if=absent)


def fact(value: Any) -> Any:
    """Give a value as it stands among the facts of a refusal: instants as they are stored."""
    return instant_text(value) if isinstance(value, datetime) else value
