"""What was found on a ticket's clocks stands in the audit trail and is no fact of the ticket."""

from __future__ import annotations

from pathlib import Path

from deskledger.domain.shapes import instant_text
from deskledger.domain.ticket.clock_commands import ObserveClocks
from deskledger.domain.ticket.contact_commands import SendReply
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.domain.stories import NOON, minutes
from tests.domain.test_ticket_clocks import RESPONSE, levels, published, ticket
from tests.projections.reading import rows
from tests.projections.records import DESK, Book, later, ticket_stream


def test_clock_events_are_never_late_and_make_nothing_late(tmp_path: Path) -> None:
    breached = ticket(published(levels(RESPONSE))).after(90).when(ObserveClocks())
    story = breached.when(SendReply(text="By phone", occurred_at=NOON + minutes(30)))
    book = Book()
    book.commit(ticket_stream(1), story.events[: len(breached.events)])
    book.commit(ticket_stream(1), story.events[len(breached.events) :])
    told = [event.type for event in story.events]
    with ProjectionStore.open(tmp_path / "tables.duckdb", DESK) as store:
        store.apply(book.records, Stager(book.keys.data_keys))
        trail = {(row["version"], row["type"]): row for row in rows(store, "ticket_event")}
        (row,) = rows(store, "ticket")
    assert told[-3:] == ["ClockBreached", "ReplySent", "ClockRescheduled"]
    assert [name for _, name in sorted(trail)] == told
    assert not any(one["late"] for one in trail.values())
    corrected = trail[len(told), "ClockRescheduled"]
    assert (corrected["reason"], corrected["detail"]["state"]) == ("late_fact", "met")
    assert corrected["detail"]["before"]["state"] == "breached"
    assert row["latest_at"] == instant_text(later(30))
    assert story.state.latest_at == later(30)
    assert row["version"] == len(told)
