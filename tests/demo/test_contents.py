"""A demo desk holds every kind of thing that a desk knows, and all of its histories fold."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from deskledger.app.demo.plan import Plan
from deskledger.domain.events import CommandAnswered, Event
from deskledger.domain.ticket.relations import OPPOSITE, links_at
from deskledger.domain.ticket.status import PAUSED, Status
from tests.demo.telling import Stream, made, recorded, streams

# With this seed even what happens once in a hundred tickets happens in so few.
PLAN = Plan(seed=5, tickets=700)


REFUSALS = {
    None,
    "agent_not_in_group",
    "late_not_permitted",
    "not_solved",
    "taken_by_other",
    "ticket_closed",
    "ticket_solved",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Stream]]:
    """The streams of a demo desk by noun."""
    found: dict[str, list[Stream]] = {}
    for stream in streams(made(tmp_path_factory.mktemp("contents") / "desk", PLAN)):
        found.setdefault(stream.name.partition("/")[0], []).append(stream)
    return found


@pytest.fixture(scope="module")
def tickets(desk: dict[str, list[Stream]]) -> list[Stream]:
    return desk["ticket"]


def events(tickets: Iterable[Stream], kind: str) -> Iterator[Any]:
    for ticket in tickets:
        yield from (event for event in ticket.events if event.type == kind)


def recorded_next_day(ticket: Stream) -> Iterator[Event]:
    for event, recorded_at in zip(ticket.events, ticket.recorded_at, strict=True):
        if recorded_at - event.occurred_at > timedelta(hours=8):
            yield event


def is_out_of_order(history: list[Event]) -> bool:
    told = [event.occurred_at for event in history if not isinstance(event, CommandAnswered)]
    return told != sorted(told)


def test_recording_follows_the_story(tmp_path_factory: pytest.TempPathFactory) -> None:
    plan = Plan(seed=9, tickets=60)
    lanes = recorded(made(tmp_path_factory.mktemp("times") / "desk", plan))
    assert all(lane == sorted(lane) for lane in lanes)
    times = [at for lane in lanes for at in lane]
    assert plan.founded_at <= min(times) < plan.begins_at
    assert plan.ends_at - timedelta(hours=1) < max(times) < plan.ends_at + timedelta(seconds=1)


def test_tickets_come_on_every_channel_in_both_languages(tickets: list[Stream]) -> None:
    opened = list(events(tickets, "TicketOpened"))
    channels = {"email", "form", "phone", "chat", "wecom", "wechat"}
    assert channels <= {event.channel for event in opened}
    languages = Counter(event.language for event in opened)
    assert languages["zh-Hans"] > languages["en"] > len(opened) / 10


def test_customers_are_persons_and_organisations_of_two_tiers(
    desk: dict[str, list[Stream]], tickets: list[Stream]
) -> None:
    registered = list(events(desk["customer"], "CustomerRegistered"))
    assert {event.kind for event in registered} == {"person", "organisation"}
    assert {event.tier for event in registered} == {"standard", "vip"}
    contacts = Counter(event.customer for event in events(tickets, "TicketOpened"))
    assert sum(many > 1 for many in contacts.values()) > len(contacts) / 10
    standing = list(events(desk["customer"], "CustomerStandingChanged"))
    assert any(event.tier for event in standing)
    assert any(event.account_manager for event in standing)


def test_agents_join_leave_and_help_other_groups(desk: dict[str, list[Stream]]) -> None:
    assert len(desk["agent"]) >= 20
    assert any(events(desk["agent"], "AgentLeft"))
    groups = {stream.name.removeprefix("group/") for stream in desk["group"]}
    assert groups == {"first-line", "repair", "logistics", "billing", "vip-care"}
    members = Counter(
        member.agent
        for event in events(desk["group"], "GroupMembersChanged")
        for member in event.added
    )
    assert {1, 2} <= set(members.values())


def test_agents_say_on_working_days_when_they_come_and_go(desk: dict[str, list[Stream]]) -> None:
    told: dict[str, list[str]] = {}
    for stream in desk["availability"]:
        agent = stream.name.split("/")[1]
        for event in events([stream], "AgentAvailabilityChanged"):
            told.setdefault(agent, []).append(event.availability.after)
    # All but the manager and those who join after the story's end.
    assert len(told) == len(desk["agent"]) - 1
    for said in told.values():
        days = "".join(word[0] for word in said).split("o")
        assert set(days[:-1]) == {"aaa"}
        assert days[-1] in {"", "a", "aa", "aaa"}
    assert max(map(len, told.values())) > 4 * 25


@pytest.mark.parametrize(
    ("kind", "field", "values"),
    [
        ("TicketAssigned", "reason", {"taken", "escalated", "routed", "manual", "returned"}),
        ("TicketPaused", "reason", {"customer", "parts", "carrier", "unreachable"}),
        ("TicketActivated", "reason", {"assigned", "customer_wrote", "resumed", "woke"}),
        ("TicketReopened", "reason", {"customer_wrote", "mistake"}),
        ("TicketSolved", "resolution", {"repaired", "replaced", "advised", "no-answer"}),
        ("TicketClosed", "reason", {"settled", "spam", "duplicate", "withdrawn", "test"}),
        ("TicketOpened", "priority", {"low", "normal", "high", "urgent"}),
        ("CallLogged", "answered", {True, False}),
        ("CallLogged", "direction", {"in", "out"}),
        ("CallLogged", "voicemail", {True, False}),
        ("CommandAnswered", "outcome", {"refused", "nothing"}),
        ("CommandAnswered", "code", REFUSALS),
    ],
)
def test_everything_that_happens_on_a_desk_happens(
    tickets: list[Stream], kind: str, field: str, values: set[object]
) -> None:
    assert values <= {getattr(event, field) for event in events(tickets, kind)}


def test_tickets_are_classified_tagged_and_tied_to_other_systems(tickets: list[Stream]) -> None:
    types = Counter(event.type for ticket in tickets for event in ticket.events)
    for kind in ("TicketClassified", "TicketPrioritised", "FieldsChanged", "TagsChanged"):
        assert types[kind]
    linked = events(tickets, "ReferencesChanged")
    kinds = {reference.kind for event in linked for reference in event.added}
    assert kinds == {"order", "invoice", "parcel", "device", "batch"}
    assert any(event.fields.get("serial_number") for event in events(tickets, "FieldsChanged"))
    assert any(event.personal_fields for event in events(tickets, "FieldsChanged"))


def test_tickets_are_merged_linked_and_split_and_both_sides_know(tickets: list[Stream]) -> None:
    states = {ticket.name.partition("/")[2]: ticket.state for ticket in tickets}
    ties = {
        (name, link.relation, link.ticket)
        for name, state in states.items()
        for link in links_at(state.links)
    }
    for name, relation, other in ties:
        if relation in {"problem", "incident", "split_from", "split_into"}:
            assert (other, OPPOSITE[relation], name) in ties
    for name, state in states.items():
        if state.merged is not None:
            assert (state.merged.into, "absorbed", name) in ties
    found = {relation for _, relation, _ in ties}
    assert {"problem", "incident", "split_from", "split_into", "absorbed"} <= found
    assert any(events(tickets, "Merged"))


def test_messages_are_redacted_and_copies_go_to_addresses(tickets: list[Stream]) -> None:
    assert any(event.reason == "personal-data" for event in events(tickets, "InteractionRedacted"))
    changed = events(tickets, "ParticipantsChanged")
    assert any(one.role == "cc" and one.address for event in changed for one in event.added)


def test_pauses_have_an_end_and_some_have_none(tickets: list[Stream]) -> None:
    paused = list(events(tickets, "TicketPaused"))
    assert any(event.until is None for event in paused)
    assert all(event.until > event.occurred_at for event in paused if event.until)


def test_groups_hand_tickets_over(tickets: list[Stream]) -> None:
    handed = [
        event
        for event in events(tickets, "TicketAssigned")
        if event.party.before.group and event.party.after.group != event.party.before.group
    ]
    assert len(handed) > len(tickets) / 10


def test_closed_matters_come_back_as_new_tickets(tickets: list[Stream]) -> None:
    origins = [event.origin for event in events(tickets, "TicketOpened") if event.origin]
    names = {ticket.name for ticket in tickets}
    assert origins
    assert all(f"ticket/{origin.ticket}" in names for origin in origins)


def test_rules_bots_and_macros_take_part(tickets: list[Stream]) -> None:
    replies = list(events(tickets, "ReplySent"))
    assert {event.author.kind for event in replies} == {"agent", "bot"}
    assert any(event.by and event.by.kind == "macro" for event in replies)
    messages = events(tickets, "CustomerMessageReceived")
    assert any(event.by and event.by.kind == "rule" for event in messages)


def test_some_facts_are_recorded_late(tickets: list[Stream]) -> None:
    late = {event.type for ticket in tickets for event in recorded_next_day(ticket)}
    assert {"CallLogged", "TicketPaused"} <= late
    assert any(is_out_of_order(ticket.events) for ticket in tickets)


def test_notes_stay_inside_and_some_ask_a_colleague(tickets: list[Stream]) -> None:
    notes = list(events(tickets, "NoteAdded"))
    assert all(event.direction == "internal" for event in notes)
    assert any(event.mentions for event in notes)


def test_at_the_end_work_is_left_old_and_new(tickets: list[Stream]) -> None:
    left = Counter(ticket.state.status.present for ticket in tickets)
    assert {Status.OPEN, Status.SOLVED, Status.CLOSED} <= set(left)
    assert PAUSED & set(left)
    queued = [ticket for ticket in tickets if ticket.state.status.present in ("new", "open")]
    ages = [PLAN.ends_at - ticket.state.began_at for ticket in queued]
    assert max(ages) > timedelta(weeks=2)
    assert min(ages) < timedelta(days=3)


def test_numbers_of_tickets_are_short_and_unique(tickets: list[Stream]) -> None:
    numbers = {ticket.number for ticket in tickets}
    assert len(numbers) == len(tickets)
    assert max(number or 0 for number in numbers) < len(tickets) * 2
