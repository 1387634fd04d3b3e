"""The tables of the clocks that commands record, over every scenario that can be read."""

from pathlib import Path
from typing import Any

from deskledger.app.public_holidays import countries
from deskledger.domain.shapes import instant_text
from deskledger.domain.sla.instants import instant_of
from deskledger.domain.sla.scenario.reading import read_scenario
from deskledger.domain.ticket.recorded_clocks import RecordedClock
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.figures.told import opened
from tests.projections.reading import rows
from tests.projections.records import DESK, Book, cut, ticket_stream
from tests.sla.live import Lived, lived, own_steps, published
from tests.sla.test_cases import VALID

BATCHES = [7, 90, 300]


def lives() -> list[Lived]:
    """Every ticket of every valid scenario, with what is recorded of its clocks."""
    found = []
    for path in VALID:
        scenario = read_scenario(path.read_bytes(), countries())
        policies = published(scenario.rules, [one.step for one in scenario.entries])
        names = sorted({one.ticket for one in scenario.entries if one.ticket is not None})
        found += [lived(policies, own_steps(scenario, name)) for name in names]
    return found


def shown(clock: RecordedClock) -> dict[str, Any]:
    """What a row says of a clock that is so recorded."""
    instants = {
        "started_at": clock.start,
        "due_at": clock.due,
        "noticed_at": clock.noticed,
        "stopped_at": clock.stopped,
        "next_at": clock.next_at,
        "measured_at": clock.at,
        "applies_from": clock.judgement.applies_from,
    }
    return {
        "state": clock.state,
        "phase": clock.phase,
        "used": clock.used,
        "target": clock.target,
        "margin": clock.target - clock.used,
        "provisional": clock.provisional,
        "policy": clock.judgement.name,
        "calendar": clock.judgement.calendar,
        "within": clock.judgement.within,
        **{
            name: None if at is None else instant_text(instant_of(at))
            for name, at in instants.items()
        },
    }


def test_the_tables_hold_what_was_recorded_of_every_clock_of_every_scenario(
    tmp_path: Path,
) -> None:
    book, expected, marks = Book(), {}, set()
    for place, ticket in enumerate(lives()):
        stream = ticket_stream(place)
        number = book.commit(stream, [opened(0)]).number
        for events in ticket.commits:
            if events:
                book.commit(stream, events)
        for (metric, instance), clock in ticket.recorded.items():
            expected[number, metric, instance] = shown(clock)
            marks |= {(number, metric, instance, mark) for mark in clock.marks}
    with ProjectionStore.open(tmp_path / "tables.duckdb", DESK) as store:
        for batch in cut(book.records, BATCHES):
            store.apply(batch, Stager(book.keys.data_keys))
        assert rows(store, "quarantine") == []
        found = {
            (row["ticket"], row["metric"], row["instance"]): row for row in rows(store, "clock")
        }
        reached = {
            (row["ticket"], row["metric"], row["instance"], row["mark"])
            for row in rows(store, "clock_mark")
        }
    assert len(found) > len(VALID)
    assert found.keys() == expected.keys()
    for key, row in expected.items():
        assert {name: found[key][name] for name in row} == row, key
    assert reached == marks
