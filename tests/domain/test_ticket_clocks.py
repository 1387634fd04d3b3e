"""Clocks of live tickets: what each command records of them, and what corrects the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from deskledger.domain.configuration.commands import Publish, Withdraw
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.sla.instants import micros_of
from deskledger.domain.tags import TagTicket
from deskledger.domain.ticket.clock_commands import ObserveClocks
from deskledger.domain.ticket.clock_events import (
    ClockBreached,
    ClockEnded,
    ClockEvent,
    ClockFulfilled,
    ClockPaused,
    ClockRescheduled,
    ClockResumed,
    ClockStarted,
    MarkReached,
)
from deskledger.domain.ticket.commands import (
    OpenTicket,
    PendTicket,
    PrioritiseTicket,
    ReopenTicket,
    ResumeTicket,
    SolveTicket,
    TakeTicket,
)
from deskledger.domain.ticket.contact_commands import AddNote, ReceiveMessage, SendReply
from deskledger.domain.ticket.relation_commands import MergeTicket, MirrorLinks
from deskledger.domain.ticket.together import Together
from tests.domain.stories import (
    AS_ANN,
    AS_CUSTOMER,
    AS_LINKER,
    NOON,
    Story,
    desk,
    minutes,
    part,
    ticket_named,
)

BEFORE = NOON - minutes(60)
OPEN = OpenTicket(channel="email", priority="normal")
REPLY = SendReply(text="Hello")
SOLVE = SolveTicket(resolution="fixed")
RESPONSE = {"metric": "first_response", "within": "PT1H"}
WORK = {
    "metric": "resolution",
    "within": "PT4H",
    "pauses_in": ["pending"],
    "marks": [{"name": "warn", "offset": "-PT30M"}],
}


def levels(*targets: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Service levels in which every second counts."""
    policy = {"name": "standard", "calendar": "always", "targets": list(targets)}
    return {"format": 1, "calendars": {}, "policies": [policy], **more}


def published(document: dict[str, Any], at: datetime = BEFORE) -> Story:
    """Service levels that were published an hour before noon, or then; an hour after it now."""
    story = Story(stream=POLICY_STREAM).configuring().after(60)
    return story.when(Publish(document=document, occurred_at=at))


def ticket(policy: Story) -> Story:
    """A ticket that Ann has taken at noon, in a desk with service levels."""
    return desk().beside(levels=policy).when(OPEN, TakeTicket())


def clocks(events: list[Any]) -> list[ClockEvent]:
    return [event for event in events if isinstance(event, ClockEvent)]


def kinds(events: list[Any]) -> list[tuple[type, str]]:
    return [(type(event), event.metric) for event in clocks(events)]


def recorded(story: Story, metric: str) -> Any:
    return story.state.clocks[metric, 1]


def test_a_desk_without_service_levels_has_no_clocks() -> None:
    story = desk().when(OPEN, TakeTicket()).after(100).when(REPLY, SOLVE)
    assert clocks([*story.events]) == []
    story.then_nothing(ObserveClocks())


def test_each_command_records_what_it_did_to_the_clocks() -> None:
    story = desk().beside(levels=published(levels(RESPONSE, WORK)))
    opened = story.decide(OPEN)
    assert kinds(opened) == [(ClockStarted, "first_response"), (ClockStarted, "resolution")]
    response = clocks(opened)[0]
    assert (response.due, response.used, response.target) == (NOON + minutes(60), 0, 3_600_000_000)
    story = story.when(OPEN, TakeTicket()).after(20)
    waiting = Together(parts=(REPLY, PendTicket(reason="asked")))
    done = story.decide(waiting)
    assert kinds(done) == [(ClockFulfilled, "first_response"), (ClockPaused, "resolution")]
    paused = clocks(done)[1]
    assert (paused.due, paused.used, paused.next_at) == (None, 1_200_000_000, None)
    resumed = story.when(waiting).after(100).decide(ResumeTicket())
    assert kinds(resumed) == [(ClockResumed, "resolution")]
    assert clocks(resumed)[0].due == NOON + minutes(340)
    assert clocks(resumed)[0].next_at == NOON + minutes(310)


def test_whichever_command_comes_first_records_what_is_due_and_nobody_does_again() -> None:
    story = ticket(published(levels(RESPONSE, WORK))).after(90)
    noted = story.decide(AddNote(text="!"))
    assert kinds(noted) == [(ClockBreached, "first_response")]
    breach = clocks(noted)[0]
    assert breach.due == breach.noticed_at == breach.occurred_at == NOON + minutes(60)
    assert kinds(story.decide(ObserveClocks())) == kinds(noted)
    story.when(AddNote(text="!")).then_nothing(ObserveClocks())
    late = story.when(ObserveClocks()).after(150)
    assert kinds(late.decide(REPLY)) == [
        (MarkReached, "resolution"),
        (ClockFulfilled, "first_response"),
    ]
    assert late.when(REPLY).state.clocks["first_response", 1].state == "breached"


def test_a_breach_found_late_makes_no_message_late_that_was_written_meanwhile() -> None:
    story = ticket(published(levels(RESPONSE))).after(90).when(ObserveClocks())
    assert story.state.latest_at == NOON
    taken = story.decide(SolveTicket(resolution="fixed", occurred_at=NOON + minutes(30)))
    assert kinds(taken) == [(ClockRescheduled, "first_response")]


def test_a_fact_written_down_late_corrects_the_record_and_leaves_what_was_believed() -> None:
    story = ticket(published(levels(RESPONSE))).after(90).when(ObserveClocks())
    (corrected,) = clocks(story.decide(SendReply(text="By phone", occurred_at=NOON + minutes(15))))
    assert isinstance(corrected, ClockRescheduled)
    assert (corrected.reason, corrected.state) == ("late_fact", "met")
    assert corrected.stopped_at == NOON + minutes(15)
    assert (corrected.before.state, corrected.before.noticed_at) == (
        "breached",
        NOON + minutes(60),
    )


def test_a_publication_that_reaches_open_tickets_does_so_at_the_next_look() -> None:
    faster = levels({**RESPONSE, "within": "PT30M"}, reach="open")
    before = published(levels(RESPONSE))
    story = ticket(before)
    later = replaced(before, faster, NOON + minutes(10))
    moved = story.beside(levels=later).after(20).decide(ObserveClocks())
    assert kinds(moved) == [(ClockRescheduled, "first_response")]
    (event,) = clocks(moved)
    assert isinstance(event, ClockRescheduled)
    assert (event.reason, event.policy.version, event.before.policy.version) == ("published", 2, 1)
    assert (event.due, event.occurred_at) == (NOON + minutes(30), NOON + minutes(10))
    quiet = replaced(before, levels({**RESPONSE, "within": "PT30M"}), NOON + minutes(10))
    story.beside(levels=quiet).after(20).then_nothing(ObserveClocks())
    changed = story.beside(levels=quiet).after(20).decide(TagTicket(add=("heard",)))
    assert kinds(changed) == [(ClockRescheduled, "first_response")]


def replaced(policy: Story, document: dict[str, Any], at: datetime) -> Story:
    """The service levels after another publication."""
    return policy.when(Publish(document=document, occurred_at=at))


def test_a_version_that_was_withdrawn_is_put_to_no_new_use() -> None:
    first = published(levels(RESPONSE))
    gone = first.when(Withdraw(version=1, occurred_at=NOON + minutes(5)))
    story = ticket(first).beside(levels=gone).after(10)
    story.then_nothing(ObserveClocks())
    fresh = desk().beside(levels=gone).after(10)
    assert clocks(fresh.decide(OPEN)) == []


def test_parts_that_are_decided_together_move_the_clocks_once() -> None:
    story = ticket(published(levels(RESPONSE, WORK))).after(20)
    whole = story.decide(Together(parts=(REPLY, PrioritiseTicket(priority="high"), SOLVE)))
    assert kinds(whole) == [(ClockFulfilled, "first_response"), (ClockFulfilled, "resolution")]
    assert [isinstance(event, ClockEvent) for event in whole] == sorted(
        isinstance(event, ClockEvent) for event in whole
    )


def test_a_ticket_that_is_reopened_takes_its_outcome_back() -> None:
    story = ticket(published(levels(WORK))).after(60).when(SOLVE).after(60)
    (event,) = clocks(story.decide(ReopenTicket(reason="again")))
    assert isinstance(event, ClockRescheduled)
    assert (event.reason, event.state, event.before.state) == ("reopened", "running", "met")
    assert event.due == NOON + minutes(300)


def test_an_import_is_judged_as_of_what_it_tells_and_by_what_held_then() -> None:
    then = NOON - minutes(100_000)
    policy = published(levels(RESPONSE), at=then - minutes(1))
    told = desk().beside(levels=policy).past()
    told = told.when(OPEN.model_copy(update={"occurred_at": then}))
    assert recorded(told, "first_response").state == "running"
    answered = told.when(SendReply(text="!", occurred_at=then + minutes(30)))
    assert recorded(answered, "first_response").state == "met"
    left = told.by(AS_CUSTOMER).when(ObserveClocks())
    assert recorded(left, "first_response").noticed == micros_of(then + minutes(60))


def test_a_message_after_the_response_starts_an_instance_of_its_own() -> None:
    target = {"metric": "next_response", "within": "PT1H"}
    story = ticket(published(levels(RESPONSE, target))).after(5).when(REPLY)
    for instance in (1, 2):
        story = story.after(10).by(AS_CUSTOMER).when(ReceiveMessage(text="?"))
        story = story.after(10).by(desk().actor).when(REPLY)
        assert story.state.clocks["next_response", instance].state == "met"


def test_a_merge_stops_the_clocks_of_its_source_and_leaves_those_of_its_target_going() -> None:
    policy = published(levels(RESPONSE, {**WORK, "marks": []}))
    older = (
        replace(desk(), stream=ticket_named("older")).beside(levels=policy).after(-10).when(OPEN)
    )
    younger = ticket(policy).after(20).beside(older=older)
    merged = younger.decide(MergeTicket(ticket=part(older)))
    assert [(type(one), one.metric, one.state) for one in clocks(merged)] == [
        # The answer is owed in the target from now on; closing is a solve for the resolution.
        (ClockEnded, "first_response", "ended"),
        (ClockFulfilled, "resolution", "met"),
    ]
    older = older.after(30).beside(younger=younger.told(*merged)).by(AS_LINKER)
    told = older.when(MirrorLinks(ticket=part(younger), relations=("absorbed",)))
    assert told.state.clocks == older.state.clocks
    answered = told.by(AS_ANN).after(10).decide(REPLY)
    assert kinds(answered) == [(ClockFulfilled, "first_response")]
    late = told.by(AS_ANN).after(300).decide(ObserveClocks())
    assert kinds(late) == [(ClockBreached, "first_response"), (ClockBreached, "resolution")]
