"""Mapping files: found by name or path, read, and refused with the place of each fault."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from deskledger.consumers.history.mapping import Mapping
from deskledger.consumers.history.mapping_checks import problems_of
from deskledger.domain.errors import InvalidInput

SUFFIX = ".toml"
SHIPPED = Path(__file__).parent / "mappings"


class InvalidMapping(InvalidInput):
    """The mapping is not valid; correct what is named.

    Attributes:
        file: the mapping file.
        problems: pairs of the key's path in the file and the reason.
    """

    def __init__(self, file: str, problems: Sequence[tuple[str, str]]) -> None:
        told = "; ".join(f"{place}: {reason}" if place else reason for place, reason in problems)
        super().__init__(f"{file}: {told}", file=file)
        self.file = file
        self.problems = tuple(problems)


def shipped_mappings() -> list[str]:
    """The names of the mappings that come with the software."""
    return sorted(path.stem for path in SHIPPED.glob(f"*{SUFFIX}"))


def load_mapping(name_or_path: str) -> Mapping:
    """Load a mapping that comes with the software, by its name, or one of a file.

    Raises:
        InvalidMapping: there is none of this name or path, or it is not valid.
    """
    path = Path(name_or_path)
    if path.suffix != SUFFIX and len(path.parts) == 1:
        path = SHIPPED / f"{name_or_path}{SUFFIX}"
        if not path.is_file():
            raise InvalidMapping(name_or_path, [("", _no_such(name_or_path))])
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidMapping(path.name, [("", f"the file cannot be read: {error}")]) from error
    return parse_mapping(text, path.name)


def parse_mapping(text: str, file: str) -> Mapping:
    """Read the text of a mapping file.

    Raises:
        InvalidMapping: it is no TOML, or not what a mapping says.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidMapping(file, [("", f"this is no TOML: {error}")]) from error
    try:
        mapping = Mapping.model_validate(document)
    except ValidationError as error:
        raise InvalidMapping(file, [_problem(each) for each in error.errors()]) from None
    if problems := problems_of(mapping):
        raise InvalidMapping(file, problems)
    return mapping


def _no_such(name: str) -> str:
    known = shipped_mappings()
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}" if near else f"there are {', '.join(known)}"
    return f"no mapping of this name comes with the software ({hint}); a file's name ends in .toml"


def _problem(error: ErrorDetails) -> tuple[str, str]:
    """The key's path as in the file, and the reason, with the nearest name that would do."""
    place = ".".join(str(part) for part in error["loc"])
    valid: Iterable[str] = ()
    reason = error["msg"].removeprefix("Value error, ")
    wrong = error["input"]
    if error["type"] == "extra_forbidden":
        valid = _names_at(error["loc"][:-1])
        reason, wrong = "there is no such key", error["loc"][-1]
    elif error["type"] == "literal_error":
        valid = str(error["ctx"]["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        reason = f"{wrong!r} is none of {', '.join(valid)}"
    elif error["type"] == "missing":
        reason = "the key is missing"
    near = get_close_matches(str(wrong), list(valid), n=1) if valid else []
    return place, f"{reason}; nearest: {near[0]}" if near else reason


def _names_at(place: Sequence[int | str]) -> list[str]:
    """The keys that a table at this place of a mapping file may have."""
    shapes: list[type[BaseModel]] = [Mapping]
    for part in place:
        shapes = [inner for shape in shapes for inner in _inside(shape, str(part))]
    return [field.alias or name for shape in shapes for name, field in shape.model_fields.items()]


def _inside(shape: type[BaseModel], part: str) -> list[type[BaseModel]]:
    """The models under a key; a part that is no key is the name of a table's or list's item."""
    field = shape.model_fields.get(part)
    return [shape] if field is None else list(_models(field.annotation))


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
