"""The documentation of mapping files says what is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest

from deskledger.consumers.history import mapping as shapes
from deskledger.consumers.history.mapping_files import parse_mapping
from deskledger.consumers.history.mapping_values import FieldRule, FieldType
from tests.history.build import histories, imported, new_desk, types

GUIDE = Path(__file__).parents[2] / "docs" / "import-history.md"
SECTIONS: list[Any] = [
    shapes.Mapping,
    shapes.Source,
    shapes.RowRules,
    shapes.Opening,
    shapes.Customer,
    shapes.PartyRules,
    shapes.Condition,
    shapes.ContactRules,
    shapes.Record,
    shapes.Move,
    shapes.StatusRules,
    FieldRule,
]


def blocks(language: str) -> list[str]:
    """The guide's examples in a language."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.__name__)
def test_the_guide_names_every_key_of_a_mapping(section: Any) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for name in section.model_fields:
        assert f"`{name}`" in text or f"`[{name}]`" in text or f" {name} " in text, name


@pytest.mark.parametrize("choices", [FieldType, shapes.Target, shapes.ContactKind])
def test_the_guide_names_every_choice(choices: Any) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for choice in get_args(choices):
        assert f"`{choice}`" in text


def test_the_example_imports_as_the_guide_says(tmp_path: Path) -> None:
    (log,), (text,) = blocks("csv"), blocks("toml")
    path = tmp_path / "orders.csv"
    path.write_text(log, encoding="utf-8")
    with new_desk(tmp_path / "desk") as desk:
        report = imported(desk, path, parse_mapping(text, "orders.toml"))
        assert (report.used, report.rows, report.opened) == (4, 4, 2)
        assert report.named == {"agents": 2, "customers": 2, "groups": 1}
        assert report.unread == ()
        events = histories(desk)["A-1"]
    assert types(events) == [
        "TicketOpened",
        "TicketAssigned",
        "TicketAssigned",
        "TicketActivated",
        "TicketSolved",
        "FieldsChanged",
    ]
    assert events[4]["resolution"] == "replaced"
