"""Random tickets: sequences of commands, on time, late and imported, of which some are refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from deskledger.domain.commands import Command
from deskledger.domain.customer.commands import RegisterCustomer
from deskledger.domain.errors import CommandRefused
from deskledger.domain.events import Event
from deskledger.domain.fields import SetFields
from deskledger.domain.identifiers import derived_id
from deskledger.domain.references import LinkReference, Reference, ReferenceKey, UnlinkReference
from deskledger.domain.shapes import Actor
from deskledger.domain.tags import TagTicket
from deskledger.domain.ticket.commands import (
    AssignTicket,
    ClassifyTicket,
    CloseTicket,
    HoldTicket,
    OpenTicket,
    PendTicket,
    PrioritiseTicket,
    ReopenTicket,
    ResumeTicket,
    SolveTicket,
    TakeTicket,
    UnassignTicket,
    WakeTicket,
)
from deskledger.domain.ticket.contact_commands import AddNote, LogCall, ReceiveMessage, SendReply
from deskledger.domain.ticket.due import SetDue
from deskledger.domain.ticket.escalation import EscalateTicket
from deskledger.domain.ticket.events import Origin
from deskledger.domain.ticket.participants import (
    AddParticipant,
    ChangeCustomer,
    RemoveParticipant,
)
from deskledger.domain.ticket.relation_commands import (
    LinkTicket,
    MergeTicket,
    MirrorLinks,
    UnlinkTicket,
)
from deskledger.domain.ticket.together import ContactPart, StatusPart, Together
from tests.domain.stories import (
    ANN,
    AS_ANN,
    AS_BOB,
    AS_BOT,
    AS_CUSTOMER,
    AS_LINKER,
    BOB,
    CUSTOMER,
    NOON,
    TICKET,
    Story,
    desk,
    ticket_named,
)

OLDER, YOUNGER, CHILD, ABSORBED = (
    ticket_named(name).partition("/")[2] for name in ("older", "younger", "child", "absorbed")
)
OTHER_CUSTOMER = derived_id("customer", "tom")
SLUGS = st.sampled_from(["a", "b", "c"])
MAYBE = st.none() | SLUGS
AGENTS = st.sampled_from([ANN, BOB, None])
GROUPS = st.sampled_from(["first-line", "second-line", None])
ACTORS = st.sampled_from([AS_ANN, AS_BOB, AS_CUSTOMER, AS_BOT])
ORDERS = st.builds(ReferenceKey, system=st.just("shop"), kind=st.just("order"), id=SLUGS)

CONTACTS = st.one_of(
    st.builds(ReceiveMessage, text=st.just("Hello")),
    st.builds(SendReply, text=st.just("Hi")),
    st.builds(AddNote, text=st.just("Hm")),
    st.builds(
        LogCall,
        direction=st.sampled_from(["in", "out"]),
        answered=st.booleans(),
        started_at=st.just(NOON),
        ended_at=st.just(NOON),
    ),
)
PARTIES = st.one_of(
    st.builds(AssignTicket, group=GROUPS, agent=AGENTS),
    st.builds(AssignTicket, agent=AGENTS),
    st.builds(AssignTicket, group=GROUPS),
    st.just(TakeTicket()),
    st.just(UnassignTicket()),
)
STATUSES = st.one_of(
    st.builds(PendTicket, reason=MAYBE, until=st.none() | st.just(NOON)),
    st.builds(HoldTicket, reason=MAYBE),
    st.just(ResumeTicket()),
    st.just(WakeTicket()),
    st.builds(SolveTicket, resolution=MAYBE),
    st.builds(CloseTicket, reason=st.sampled_from([None, "spam"])),
)
ATTRIBUTES = st.one_of(
    st.builds(ClassifyTicket, type_code=MAYBE, tier=MAYBE),
    st.builds(PrioritiseTicket, priority=MAYBE),
    st.builds(SetFields, fields=st.dictionaries(SLUGS, MAYBE | st.booleans(), min_size=1)),
    st.builds(SetFields, personal_fields=st.fixed_dictionaries({"subject": MAYBE})),
    SLUGS.map(lambda tag: TagTicket(add=(tag,))),
    SLUGS.map(lambda tag: TagTicket(remove=(tag,))),
    ORDERS.map(lambda key: LinkReference(references=(Reference(**dict(key)),))),
    ORDERS.map(lambda key: UnlinkReference(references=(key,))),
)
OTHERS = st.sampled_from([OLDER, YOUNGER])
TIES = st.one_of(
    st.builds(LinkTicket, ticket=OTHERS, relation=st.sampled_from(["related", "problem"])),
    st.builds(UnlinkTicket, ticket=OTHERS),
)
# What the linker tells: of a child that is now settled, now not, and of what was merged.
MIRRORED = st.sampled_from(
    [
        MirrorLinks(ticket=CHILD, relations=("child",)),
        MirrorLinks(ticket=ABSORBED, relations=("absorbed",)),
    ]
)
MERGES = st.just(MergeTicket(ticket=OLDER))
PEOPLE = st.one_of(
    st.builds(ChangeCustomer, customer=st.sampled_from([CUSTOMER, OTHER_CUSTOMER, None])),
    st.builds(AddParticipant, role=st.just("follower"), agent=st.sampled_from([ANN, BOB])),
    st.builds(AddParticipant, role=st.just("cc"), address=st.just("li@example.com")),
    st.builds(RemoveParticipant, role=st.just("follower"), agent=st.sampled_from([ANN, BOB])),
    st.builds(RemoveParticipant, role=st.just("cc"), address=st.just("li@example.com")),
)
DUES = st.builds(SetDue, due_at=st.sampled_from([None, NOON]), promised=st.booleans())
RECEIVERS = st.sampled_from([(), (ANN,), (BOB, ANN)])
ESCALATIONS = st.builds(EscalateTicket, level=st.integers(1, 3), agents=RECEIVERS)
REPEATABLE = PARTIES | STATUSES | ATTRIBUTES | TIES | PEOPLE | DUES | ESCALATIONS
SINGLE = st.one_of(REPEATABLE, CONTACTS, st.sampled_from([ReopenTicket(), EscalateTicket()]))


def _in_order(parts: list[Any]) -> Together:
    """Parts as a caller may give them: no message after a status command."""
    placed = sorted(parts, key=lambda part: isinstance(part, StatusPart))
    assert all(isinstance(part, ContactPart | Command) for part in placed)
    return Together(parts=tuple(placed))


TOGETHER = st.lists(SINGLE, min_size=1, max_size=4).map(_in_order)


@dataclass(frozen=True)
class Step:
    """Somebody's command, some minutes after the one before.

    Attributes:
        late: how many minutes ago it happened; None for a command that states no time.
        history: whether it is imported.
    """

    actor: Actor
    command: Any
    gap: int
    late: int | None
    history: bool


STEP = st.builds(
    Step,
    actor=ACTORS,
    command=st.one_of(SINGLE, SINGLE, SINGLE, TOGETHER, TOGETHER, MIRRORED, MERGES),
    gap=st.integers(0, 90),
    late=st.none() | st.integers(0, 200),
    history=st.sampled_from([False, False, False, True]),
)
STEPS = st.integers(0, 20).flatmap(lambda count: st.lists(STEP, min_size=count, max_size=count))
ON_TIME = STEPS.map(lambda steps: [replace(step, late=None) for step in steps])


@dataclass(frozen=True)
class Told:
    """A ticket that came out of steps, with the events of each accepted command."""

    story: Story
    commits: tuple[tuple[Event, ...], ...]


def beside_others() -> Story:
    """A desk with a ticket from before noon, and one from long after it."""
    opening = OpenTicket(channel="email")
    older = other("older").after(-60).when(opening)
    customers = {
        name: Story(stream=f"customer/{name}").when(RegisterCustomer())
        for name in (CUSTOMER, OTHER_CUSTOMER)
    }
    younger = other("younger").after(100_000).when(opening)
    return desk().beside(older=older, younger=younger, **customers)


def other(name: str) -> Story:
    """Another ticket than that of the story, not begun."""
    return replace(desk(), stream=ticket_named(name))


def child(*, settled: bool) -> Story:
    """A child for which the story's ticket waits, unless it is settled."""
    origin = Origin(relation="parent", ticket=TICKET.partition("/")[2], interaction=None)
    opening = OpenTicket(channel="task", origin=origin, blocking=True)
    opened = other("child").beside(parent=desk().when(OpenTicket(channel="email"))).when(opening)
    return opened.when(SolveTicket(resolution="fixed")) if settled else opened


def absorbed() -> Story:
    """A ticket with a question that became a part of the story's."""
    begun = other("absorbed").beside(older=desk().when(OpenTicket(channel="email"))).after(1)
    return begun.by(AS_CUSTOMER).when(
        OpenTicket(channel="email"),
        ReceiveMessage(text="Hello?"),
        MergeTicket(ticket=TICKET.partition("/")[2]),
    )


def tell(steps: list[Step]) -> Told:
    """Put each step's command to one ticket; what is refused changes nothing."""
    story = beside_others().recording_late().when(OpenTicket(channel="email", subject="Broken"))
    commits = [story.events]
    for step in steps:
        story = replace(story, history=step.history).by(step.actor).after(step.gap)
        if isinstance(step.command, MirrorLinks):
            told_of = {"child": child(settled=step.gap % 2 == 0), "absorbed": absorbed()}
            story = replace(story, history=False).by(AS_LINKER).beside(**told_of)
        command = _timed(step, story)
        try:
            events = story.decide(command)
        except CommandRefused:
            continue
        told = story.told(*events)
        assert told.state is None or len(told.events) == told.state.version
        story = replace(told, steps=story.steps + 1)
        commits.append(tuple(events))
    return Told(story, tuple(commits))


def _timed(step: Step, story: Story) -> Command:
    command: Command = step.command
    if step.late is None:
        return command
    occurred_at = max(NOON, story.after(-step.late).now)
    return command.model_copy(update={"occurred_at": occurred_at})
