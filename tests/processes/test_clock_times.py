"""What a record says of clocks is what its events state, whatever else it holds."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from deskledger.consumers.processes.clock_times import (
    CLOCK_MARK,
    ClockTime,
    clock_name,
    clock_times,
)
from deskledger.eventlog.instants import microseconds
from deskledger.eventlog.records import StoredRecord

NOON = microseconds(datetime(2026, 3, 2, 12, tzinfo=UTC))


def record(*events: object, version: int | None = 4) -> StoredRecord:
    value = orjson.dumps({"events": events})
    return StoredRecord(0, 1, "ticket/t", value, "effective", 9, version, 0, bytes(32), 1)


def clock(next_at: str | None, instance: int = 1, kind: str = "ticket") -> dict[str, Any]:
    of = {"kind": kind, "id": "t"}
    return {"metric": "resolution", "instance": instance, "of": of, "next_at": next_at, "used": 5}


def test_each_clock_event_says_when_to_look_again_and_has_its_own_version() -> None:
    told = record(
        {"type": "TicketSolved"},
        clock("2026-03-02T12:00:00.000000Z"),
        clock(None, instance=2),
        clock("2026-03-02T12:00:00.000001Z", kind="step"),
    )
    assert list(clock_times(told)) == [
        ClockTime("resolution/1", NOON, 5),
        ClockTime("resolution/2", None, 6),
        ClockTime("resolution/1/step/t", NOON + 1, 7),
    ]


def test_a_void_record_says_nothing() -> None:
    assert list(clock_times(record(clock(None), version=None))) == []


@pytest.mark.parametrize(
    "odd", [{"next_at": None}, clock("tomorrow"), clock(None) | {"instance": "x"}]
)
def test_what_only_looks_like_a_clock_event_is_refused(odd: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        list(clock_times(record(odd)))


def test_a_text_cannot_look_like_the_mark_of_clock_events() -> None:
    assert CLOCK_MARK not in record({"text": 'She wrote "next_at":5'}).value
    assert CLOCK_MARK in record(clock(None)).value


def test_a_ticket_itself_is_not_named_in_the_names_of_its_clocks() -> None:
    assert clock_name("resolution", 3, "ticket", "t") == "resolution/3"
    assert (
        clock_name("time_in_stage", 1, "stage", "after-sale") == "time_in_stage/1/stage/after-sale"
    )
