"""Laws of business time, over random tickets, calendars and publications."""

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.shapes import Actor
from deskledger.projections.figures import FiguresAsked
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.domain.histories import Step
from tests.figures.business import DeskTime
from tests.figures.naive import tickets_of
from tests.figures.naive_summary import naive_figures
from tests.figures.publications import Publication, publications, publish
from tests.figures.test_laws import (
    ACTORS,
    ASKED,
    HISTORIES,
    ZONES,
    batches,
    book_of,
    directory,
    empty_store,
    told,
)
from tests.figures.told import opened, status, zoned
from tests.projections.records import Book, mixed, ticket_stream

__all__ = ["directory"]

SOLVED = ("new", "solved")
PUBLISHED = st.sampled_from(ZONES).flatmap(
    lambda zone: st.tuples(st.just(zone), publications(zone))
)


@given(
    histories=HISTORIES,
    actors=st.permutations(ACTORS),
    published=PUBLISHED,
    asked=ASKED,
    picks=st.lists(st.integers(0, 5)),
    size=st.integers(1, 9),
)
@settings(max_examples=25)
def test_business_times_are_what_the_calendar_of_each_day_measures(  # noqa: PLR0913, PLR0917 - drawn
    directory: Path,
    histories: Sequence[list[Step]],
    actors: list[Actor],
    published: tuple[str, list[Publication]],
    asked: FiguresAsked,
    picks: list[int],
    size: int,
) -> None:
    zone = published[0]
    book = book_of(histories, actors, zone)
    publish(book, published[1])
    with empty_store(directory) as store:
        for batch in batches(mixed(book.records, picks), size):
            store.apply(batch, Stager(book.keys.data_keys))
        desk_time = DeskTime(book.records, ZoneInfo(zone))
        expected = naive_figures(tickets_of(book.records), asked, ZoneInfo(zone), desk_time)
        assert told(store, asked) == expected
        check_shares(store)


def check_shares(store: ProjectionStore) -> None:
    """What agents have of each ticket's handling times adds up to them."""
    shares = "SELECT ticket, occurred_at, sum(amount) AS amount FROM business_share GROUP BY ALL"
    whole = (
        "SELECT ticket, occurred_at, sum(amount) AS amount FROM business_value"
        " WHERE figure = 'business_handling_time' GROUP BY ALL"
    )
    query = (
        f"SELECT count(*) FROM ({whole}) AS whole LEFT JOIN ({shares}) AS share"  # noqa: S608 - ours
        " USING (ticket, occurred_at) WHERE whole.amount <> coalesce(share.amount, 0)"
    )
    with store.reading() as connection:
        assert connection.execute(query).fetchall() == [(0,)]


@given(published=PUBLISHED)
@settings(max_examples=40)
def test_the_line_of_business_time_is_what_calendars_measure_day_by_day(
    directory: Path, published: tuple[str, list[Publication]]
) -> None:
    zone = published[0]
    book = Book()
    book.commit("desk", [zoned(zone)])
    book.commit(ticket_stream(0), [opened(-5 * 1_440), status("TicketSolved", 14_400, *SOLVED)])
    publish(book, published[1])
    desk_time = DeskTime(book.records, ZoneInfo(zone))
    with empty_store(directory) as store:
        store.apply(book.records, Stager(book.keys.data_keys))
        with store.reading() as connection:
            days = connection.execute("FROM business_day ORDER BY day").fetchall()
            spans = connection.execute("FROM business_span ORDER BY began_us").fetchall()
    for day, began, ended, *_, is_known in days:
        hours = desk_time.hours(day)
        assert hours is not None
        assert hours.is_known == is_known
        inside = sum(stop - start for start, stop, _ in spans if began <= start < ended)
        assert inside == desk_time.whole(day) == hours.calendar.worked(began, ended)
    assert all(start < stop for start, stop, _ in spans)
    passed = [before for _, _, before in spans]
    assert passed == list(accumulate((stop - start for start, stop, _ in spans), initial=0))[:-1]
