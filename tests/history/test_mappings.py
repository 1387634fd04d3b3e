"""Mapping files: the shipped ones, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskledger.consumers.history.mapping_files import (
    InvalidMapping,
    load_mapping,
    parse_mapping,
    shipped_mappings,
)
from deskledger.domain.errors import InvalidInput
from tests.history.build import MAPPING, mapping


def test_the_shipped_mappings_are_valid_and_found_by_name() -> None:
    assert shipped_mappings() == ["deskledger", "helpdesk", "servicenow"]
    for name in shipped_mappings():
        assert load_mapping(name).name == name


def test_a_mapping_file_is_found_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(MAPPING, encoding="utf-8")
    assert load_mapping(str(path)) == mapping()


WRONG = [
    ('kind = "csv"', 'kind = "cvs"', "source.kind", "'cvs' is none of csv, xes; nearest: csv"),
    ('kind = "csv"', 'kynd = "csv"', "source.kynd", "there is no such key; nearest: kind"),
    ('kind = "csv"', "", "source.kind", "the key is missing"),
    ("format = 1", "format = 2", "format", "2 is none of 1"),
    ("version = 1", "version = 0", "version", "greater than or equal to 1"),
    ("version = 1", 'version = "one"', "version", "valid integer"),
    ('system = "acme"', 'system = "Acme Inc"', "system", "pattern"),
    ('zone = "Europe/Rome"', 'zone = "Europe/Roma"', "source.zone", "IANA"),
    ('kind = "csv"', 'kind = "csv"\nencoding = "utf-80"', "source.encoding", "no such encoding"),
    ('kind = "csv"', 'kind = "csv"\nencoding = "utf-16"', "source.encoding", "convert the file"),
    ("%Y-%m-%d %H:%M", "%Y-%m-%d %Q", "source.times.0", "bad directive"),
    ('{ to = "open" }', '{ to = "opened" }', "status.moves.Active.to", "nearest: open"),
    ('{ to = "open" }', '{ too = "open" }', "status.moves.Active.too", "nearest: to"),
    ('{ to = "closed" }', '{ to = "solved", reason = "x" }', "status.moves.Over", "no reason"),
    (
        '{ to = "closed" }',
        '{ to = "closed", resolution = { constant = "x" } }',
        "status.moves.Over",
        "belongs to a move to solved",
    ),
    (
        '{ column = "via" }',
        '{ column = "via", constant = "phone" }',
        "opening.channel",
        "either column or constant",
    ),
    ('{ column = "via" }', '{ colum = "via" }', "opening.channel.colum", "nearest: column"),
    (
        '{ column = "via" }',
        '{ column = "via", values = { Phone = "By phone" } }',
        "opening.channel.values.Phone",
        "pattern",
    ),
    ('topic = { column = "topic"', '"Top ic" = { column = "topic"', "record.fields.Top ic", ""),
    ('type = "slug"', 'type = "slugs"', "record.fields.code.type", "nearest: slug"),
    ('group = { column = "team" }\nagent = "owner"', "", "party", "state group, agent or both"),
    (
        '{ column = "via" }',
        '{ column = "code" }',
        "opening.channel",
        "'code' is hindsight",
    ),
    ('by = "staff"', 'bye = "staff"', "row.namespaces.bye", "no agent is read from this column"),
]


@pytest.mark.parametrize(("old", "new", "place", "reason"), WRONG)
def test_a_wrong_mapping_names_file_key_and_reason(
    old: str, new: str, place: str, reason: str
) -> None:
    with pytest.raises(InvalidMapping) as caught:
        mapping((old, new))
    assert isinstance(caught.value, InvalidInput)
    assert str(caught.value).startswith("acme.toml: ")
    places = [named for named, _reason in caught.value.problems]
    assert any(named.startswith(place) for named in places)
    assert reason in str(caught.value)


def test_every_fault_of_a_mapping_is_named_at_once() -> None:
    with pytest.raises(InvalidMapping) as caught:
        mapping(('kind = "csv"', 'kind = "cvs"'), ("version = 1", "version = 0"))
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("text", ["", "format = 1", "name = [", "= 1", '"a" = 1\n"a" = 2'])
def test_a_file_that_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(InvalidMapping):
        parse_mapping(text, "acme.toml")


def test_a_name_that_nobody_ships_comes_with_the_nearest() -> None:
    with pytest.raises(InvalidMapping, match="did you mean 'servicenow'"):
        load_mapping("service-now")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_mapping_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "own.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidMapping, match=r"own\.toml: the file cannot be read"):
        load_mapping(str(path))
