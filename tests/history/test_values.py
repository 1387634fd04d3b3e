"""How texts of a source become values."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskledger.app.desk import Desk
from deskledger.consumers.history.memo import ENTRIES_MAX, Memo
from deskledger.consumers.history.quarantine import RowQuarantined
from deskledger.consumers.history.time_patterns import time_reader
from deskledger.consumers.history.values import Times, boolean, integer, items, slug
from tests.history.build import histories, imported, mapping, row, written

EARLIEST = datetime(1_000, 1, 1)  # noqa: DTZ001 - strptime reads no zone


@given(st.text(min_size=1))
def test_every_text_becomes_a_slug(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", slug(text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Group 56", "group-56"),
        ("code 6", "code-6"),
        ("Do Not Notify", "do-not-notify"),
        ("first_line", "first_line"),
        ("2 - High", "2-high"),
    ],
)
def test_plain_texts_become_readable_slugs(text: str, name: str) -> None:
    assert slug(text) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [("一线", "二线"), ("Zürich", "Zurich"), ("x" * 65, "x" * 66), ("一线 A", "二线 A")],
)
def test_texts_that_would_lose_letters_stay_apart(one: str, other: str) -> None:
    assert slug(one) != slug(other)


def test_times_without_a_zone_are_of_the_stated_one() -> None:
    times = Times(["%d/%m/%Y %H:%M"], "Europe/Rome")
    assert times.instant("1/7/2026 12:00") == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert times.instant("1/12/2026 12:00") == datetime(2026, 12, 1, 11, tzinfo=UTC)


def test_times_with_a_zone_keep_it() -> None:
    times = Times(["iso"], "Europe/Rome")
    assert times.instant("2026-07-01T12:00:00Z") == datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert times.instant("2026-07-01T12:00:00.25+08:00") == datetime(
        2026, 7, 1, 4, 0, 0, 250_000, tzinfo=UTC
    )


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    times = Times(["iso"], "Europe/Rome")
    assert times.instant("2026-10-25T02:30:00") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_patterns_are_tried_in_order() -> None:
    times = Times(["%d/%m/%Y", "iso"], "UTC")
    assert times.date_field("2/3/2026") == times.date_field("2026-03-02T10:00:00") == "2026-03-02"
    assert times.instant_field("2/3/2026") == "2026-03-02T00:00:00.000000Z"


@given(
    st.datetimes(EARLIEST),
    st.sampled_from(["%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S", "%m.%d.%Y"]),
)
def test_times_of_digits_are_read_as_strptime_reads_them(at: datetime, pattern: str) -> None:
    text = at.strftime(pattern)
    assert time_reader(pattern)(text) == datetime.strptime(text, pattern)  # noqa: DTZ007


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("1/3/2026 9:05", "%d/%m/%Y %H:%M"),
        ("March 2, 2026", "%B %d, %Y"),
        ("26-03-02", "%y-%m-%d"),
    ],
)
def test_other_patterns_are_read_too(text: str, pattern: str) -> None:
    assert time_reader(pattern)(text) == datetime.strptime(text, pattern)  # noqa: DTZ007


@pytest.mark.parametrize(
    "text", ["31/2/2026 09:00", "1/1/2026 24:00", "1/1/26 09:00", "", "x", "1/1/2026 09:00 "]
)
def test_what_is_no_time_is_not_read(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what it says is shown to nobody
        time_reader("%d/%m/%Y %H:%M")(text)


def test_numbers_truth_and_lists_are_read() -> None:
    assert integer("-7") == -7
    assert [boolean(text) for text in ("true", "No", "Y", "0")] == [True, False, True, False]
    assert items(";")("a; b;;c ") == ("a", "b", "c")


@pytest.mark.parametrize(("read", "text"), [(integer, "7.5"), (integer, ""), (boolean, "maybe")])
def test_what_is_no_such_value_is_set_aside(read: type, text: str) -> None:
    with pytest.raises(RowQuarantined):
        read(text)


@given(st.lists(st.integers(0, 20), max_size=50))
def test_a_memo_gives_what_its_function_gives(arguments: list[int]) -> None:
    memo = Memo[int, int](lambda number: number * number)
    assert [memo[number] for number in arguments] == [number**2 for number in arguments]


def test_a_memo_stays_within_bounds() -> None:
    memo = Memo[int, int](lambda number: number)
    for number in range(ENTRIES_MAX + 5):
        assert memo[number] == number
    assert len(memo) <= ENTRIES_MAX


@pytest.mark.parametrize(
    ("rule", "text", "value"),
    [
        ('{ column = "topic" }', " as it is ", "as it is"),
        ('{ column = "topic", type = "slug" }', "As It Is", "as-it-is"),
        ('{ column = "topic", type = "integer" }', "7", 7),
        ('{ column = "topic", type = "boolean" }', "yes", True),
        ('{ column = "topic", type = "date" }', "2026-03-02 23:30", "2026-03-02"),
        (
            '{ column = "topic", type = "instant" }',
            "2026-03-02 23:30",
            "2026-03-02T22:30:00.000000Z",
        ),
        ('{ column = "topic", type = "list", separator = "|" }', "a|b", ["a", "b"]),
        ('{ column = "topic", values = { a = 1, b = true } }', "b", True),
        ('{ column = "topic", values = { a = "x" }, others = "keep" }', "b", "b"),
        ('{ column = "topic", default = "none" }', "?", "none"),
        ("{ constant = 7 }", "x", 7),
    ],
)
def test_fields_have_the_types_that_the_mapping_says(
    desk: Desk, tmp_path: Path, rule: str, text: str, value: object
) -> None:
    by = mapping(('{ column = "topic" }', rule))
    assert imported(desk, written(tmp_path, [row("C1", "New", "09:05", topic=text)]), by).used == 1
    assert histories(desk)["C1"][0]["fields"] == {"topic": value}


def test_an_unlisted_value_is_set_aside_with_the_nearest(desk: Desk, tmp_path: Path) -> None:
    by = mapping(('{ column = "via" }', '{ column = "via", values = { Phone = "phone" } }'))
    report = imported(desk, written(tmp_path, [row("C1", "New", "09:05", via="Phon")]), by)
    assert report.quarantined == {"value_unknown": 1}
    assert "nearest: 'Phone'" in report.examples["value_unknown"][0].detail


def test_a_person_in_a_field_is_an_agent_of_the_desk(desk: Desk, tmp_path: Path) -> None:
    by = mapping(('{ column = "topic" }', '{ column = "topic", type = "agent" }'))
    report = imported(desk, written(tmp_path, [row("C1", "New", "09:05", topic="Dora")]), by)
    assert report.named["agents"] == 2
    agent = histories(desk)["C1"][0]["fields"]["topic"]
    assert desk.writer.streams.load(f"agent/{agent}").state.personal_fields


def test_customers_of_a_real_kind_of_address_are_those_whom_the_desk_knows(
    desk: Desk, tmp_path: Path
) -> None:
    by = mapping(('{ column = "asker" }', '{ column = "asker", kind = "email" }'))
    log = [
        row("C1", "New", "09:05", asker="Kim@Example.com"),
        row("C2", "New", "09:05", asker="kim@example.com "),
        row("C3", "New", "09:05", asker="nobody"),
    ]
    report = imported(desk, written(tmp_path, log), by)
    assert (report.used, report.quarantined) == (2, {"value_invalid": 1})
    found = histories(desk)
    assert found["C1"][0]["customer"] == found["C2"][0]["customer"]


def test_a_member_of_a_group_need_not_be_one(desk: Desk, tmp_path: Path) -> None:
    imported(desk, written(tmp_path, [row("C1", "Active", "09:05", owner="bob")]))
    party = histories(desk)["C1"][1]["party"]["after"]
    assert party["group"] == "first-line"
    assert desk.writer.streams.load("group/first-line").state is not None
