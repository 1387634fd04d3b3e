"""The queue: who comes first, page by page, with the count and progress of the same moment."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.ticket.commands import AssignTicket, OpenTicket, PendTicket, SolveTicket
from deskledger.domain.ticket.contact_commands import AddNote, ReceiveMessage, SendReply
from deskledger.projections.queries import (
    QueueEntry,
    QueueFilter,
    find_tickets,
    oldest_open,
    queue_page,
    status_counts,
    ticket_history,
)
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.domain.stories import ANN, AS_CUSTOMER, Story, desk
from tests.projections.records import DESK, NOON, Book, ticket_stream

TICKETS = 60


def story(number: int) -> Story:
    """A ticket; what becomes of it follows from its number."""
    priority = "urgent" if number % 7 == 0 else "normal"
    begun = desk().by(AS_CUSTOMER).after(number % 11)
    told = begun.when(OpenTicket(channel="email", priority=priority, subject=f"Ticket {number}"))
    if number % 3:
        to_ann = AssignTicket(agent=ANN) if number % 2 else AssignTicket(group="first-line")
        told = desk_side(told).when(to_ann)
    if number % 5 == 0:
        told = desk_side(told).when(PendTicket(reason="customer"))
    if number % 13 == 0:
        told = desk_side(told).when(SolveTicket(resolution="fixed"))
    return told


def desk_side(told: Story) -> Story:
    return told.by(desk().actor).after(1)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProjectionStore]:
    book = Book()
    for number in range(TICKETS):
        book.commit(ticket_stream(number), story(number).events)
    path = tmp_path_factory.mktemp("queue") / "projections.duckdb"
    with ProjectionStore.open(path, DESK) as made:
        made.apply(book.records, Stager(book.keys.data_keys))
        yield made


def rank(entry: QueueEntry) -> tuple[int, datetime, datetime, int]:
    """The default order, said once more."""
    due_at = entry.next_due_at or NOON + timedelta(days=100_000)
    return entry.band, due_at, entry.waiting_since, entry.number


FILTERS = st.builds(
    QueueFilter,
    queue=st.sampled_from([None, "agent", "group", "intake"]),
    group_id=st.sampled_from([None, "first-line", "nobody"]),
    agent_id=st.sampled_from([None, ANN]),
    workable=st.sampled_from([None, True, False]),
)


@given(asked=FILTERS, size=st.integers(1, 20))
@settings(max_examples=25, deadline=None)
def test_pages_put_together_are_the_whole_queue_in_order_whatever_their_size(
    store: ProjectionStore, asked: QueueFilter, size: int
) -> None:
    whole = queue_page(store, asked, size=TICKETS).value
    assert whole.total == len(whole.entries)
    assert whole.entries == sorted(whole.entries, key=rank)
    paged: list[QueueEntry] = []
    while page := queue_page(store, asked, after=paged[-1] if paged else None, size=size).value:
        assert page.total == whole.total
        paged += page.entries
        if not page.entries:
            break
    assert paged == whole.entries


def test_a_filter_narrows_to_the_entries_that_have_what_it_names(store: ProjectionStore) -> None:
    everything = queue_page(store, QueueFilter(), size=TICKETS).value.entries
    for queue in ("agent", "group", "intake"):
        asked = QueueFilter(queue=queue, workable=True)
        expected = [entry for entry in everything if entry.queue == queue and entry.workable]
        assert queue_page(store, asked, size=TICKETS).value.entries == expected
        assert expected


def test_every_unsettled_ticket_is_in_one_queue_and_no_settled_one_is(
    store: ProjectionStore,
) -> None:
    found = queue_page(store, QueueFilter(), size=TICKETS)
    counts = status_counts(store).value
    assert sum(counts.values()) == TICKETS
    assert found.value.total == TICKETS - counts["solved"]
    assert len({entry.number for entry in found.value.entries}) == found.value.total
    assert found.progress == store.progress()


def test_the_oldest_open_tickets_come_oldest_first(store: ProjectionStore) -> None:
    oldest = oldest_open(store, 5).value
    everything = queue_page(store, QueueFilter(), size=TICKETS).value.entries
    assert oldest == sorted(everything, key=lambda entry: (entry.opened_at, entry.number))[:5]


def waiting_since(tmp_path: Path, told: Story) -> datetime:
    book = Book()
    book.commit(ticket_stream(1), told.events)
    with ProjectionStore.open(tmp_path / "projections.duckdb", DESK) as store:
        store.apply(book.records, Stager(book.keys.data_keys))
        return queue_page(store, QueueFilter()).value.entries[0].waiting_since


def test_a_second_message_a_note_or_a_hand_over_moves_nobody_back(tmp_path: Path) -> None:
    told = desk().when(OpenTicket(channel="email")).after(5).when(ReceiveMessage(text="Hello?"))
    told = told.after(5).when(ReceiveMessage(text="Anybody?"), AddNote(text="Hm"))
    told = told.after(5).when(AssignTicket(agent=ANN))
    assert waiting_since(tmp_path, told) == NOON + timedelta(minutes=5)


def test_who_was_answered_waits_since_work_on_the_ticket_began(tmp_path: Path) -> None:
    told = desk().when(OpenTicket(channel="email"), ReceiveMessage(text="Hello?"))
    told = told.after(7).when(SendReply(text="Hi"))
    assert waiting_since(tmp_path, told) == NOON + timedelta(minutes=7)


def test_the_history_of_a_ticket_shows_personal_values_only_on_request(tmp_path: Path) -> None:
    told = desk().when(OpenTicket(channel="email", subject="Broken"), ReceiveMessage(text="Hello?"))
    book = Book()
    record = book.commit(ticket_stream(1), told.events)
    assert record.number is not None
    with ProjectionStore.open(tmp_path / "projections.duckdb", DESK) as store:
        store.apply(book.records, Stager(book.keys.data_keys))
        plain = ticket_history(store, record.number).value
        shown = ticket_history(store, record.number, personal=True).value
    assert [entry.type for entry in plain] == ["TicketOpened", "CustomerMessageReceived"]
    assert [entry.personal for entry in plain] == [True, True]
    assert plain[0].after is not None
    assert plain[0].after["subject"] is None
    assert plain[1].text is None
    assert shown[0].after == plain[0].after | {"subject": "Broken"}
    assert shown[1].text == "Hello?"


def test_a_ticket_is_found_by_what_another_system_calls_it(store: ProjectionStore) -> None:
    assert find_tickets(store, "INC-1").value == []
