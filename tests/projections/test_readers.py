"""Who looks at the queue and at lists of tickets sees what views show them, and no more."""

from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.projections.lists import TicketFilter, ticket_list
from deskledger.projections.queries import QueueFilter, queue_page
from deskledger.projections.views.reader import Reader
from tests.projections.drawn_views import READERS, tables, tickets, view_of
from tests.projections.naive_views import seen


@given(seed=st.integers(0, 4), reader=READERS)
@settings(max_examples=30, deadline=None)
def test_the_queue_and_the_list_of_tickets_hold_what_a_reader_may_see(
    seed: int, reader: Reader
) -> None:
    mine = seen(view_of(), reader, tickets(seed))
    expected = {one.number for one in mine}
    listed = ticket_list.read(tables(seed), TicketFilter(), reader=reader, size=1_000)
    assert {line.number for line in listed.lines} == expected
    assert listed.total == len(expected)
    unsettled = {one.number for one in mine if one.status not in {"solved", "closed"}}
    queue = queue_page.read(tables(seed), QueueFilter(), reader=reader, size=1_000)
    assert {entry.number for entry in queue.entries} == unsettled
    assert queue.total == len(unsettled)
