"""Whatever was tied and untied, and in whatever order the other sides hear of it, both agree."""

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deskledger.consumers.processes.desk_view import DeskView
from deskledger.consumers.processes.linker import Linker
from deskledger.consumers.processes.reactions import Fact, Reaction
from deskledger.domain.commands import Command
from deskledger.domain.errors import CommandRefused, InvalidInput
from deskledger.domain.ticket.commands import CloseTicket, OpenTicket, ReopenTicket, SolveTicket
from deskledger.domain.ticket.events import Origin
from deskledger.domain.ticket.merging import survivor
from deskledger.domain.ticket.relation_commands import LinkTicket, MergeTicket, UnlinkTicket
from deskledger.domain.ticket.relations import OPPOSITE, links_at
from deskledger.domain.ticket.status import SETTLED
from deskledger.eventlog.records import StoredRecord
from tests.domain.stories import AS_ANN, AS_LINKER, NOON, Story, desk, minutes, ticket_named

COUNT = 4
TICKETS = [ticket_named(str(number)).partition("/")[2] for number in range(COUNT)]


class View(DeskView):
    """The tickets of a world; nobody leaves it."""

    def __init__(self, stories: dict[str, Story]) -> None:
        def state_of(stream: str) -> Any:
            return stories[stream].state if stream in stories else None

        super().__init__(NoRecords(), state_of)


class NoRecords:
    """No ledger: nobody is looked for."""

    lanes = 0

    def read(self, _lane: int, _after_record: int, _limit: int) -> list[StoredRecord]:
        return []

    def streams(self, _noun: str, _after: int, _limit: int) -> list[tuple[int, str]]:
        return []

    def check_current(self, stream: str) -> None:
        """Nothing is missing."""


@dataclass
class World:
    """Tickets in memory, and what the linker still has to tell."""

    stories: dict[str, Story] = field(default_factory=dict)
    waiting: list[Reaction] = field(default_factory=list)
    minute: int = 0

    def put(self, ticket: str, command: Command) -> None:
        """Somebody's command a minute later; what is refused changes nothing."""
        self.minute += 1
        stream = f"ticket/{ticket}"
        story = self.stories.get(stream) or replace(desk(), stream=stream)
        story = replace(story, now=NOON + minutes(self.minute), others=self._states(story))
        try:
            events = story.by(AS_ANN).decide(command)
        except (CommandRefused, InvalidInput):
            return
        self._tell(story, events, {"kind": "agent", "id": "ann"})

    def deliver(self, reaction: Reaction) -> None:
        """The linker's command; a second delivery must find nothing to do."""
        for first in (True, False):
            story = self.stories[reaction.stream]
            story = replace(story, now=NOON + minutes(self.minute + 1), others=self._states(story))
            events = story.by(AS_LINKER).decide(reaction.command)
            assert first or not events
            self._tell(story, events, {"kind": "system", "id": "linker"})

    def deliver_all(self, random: Random | None = None) -> None:
        while self.waiting:
            place = random.randrange(len(self.waiting)) if random else 0
            self.deliver(self.waiting.pop(place))

    def _states(self, story: Story) -> dict[str, Any]:
        return {**story.others, **{name: one.state for name, one in self.stories.items()}}

    def _tell(self, story: Story, events: list[Any], actor: dict[str, Any]) -> None:
        before = len(story.events)
        self.stories[story.stream] = told = story.told(*events)
        self.stories[story.stream] = replace(told, steps=told.steps + 1)
        linker = Linker(View(self.stories))
        for version, event in enumerate(events, before + 1):
            fact = Fact(0, 0, story.stream, version, event.written(), actor)
            if event.type in linker.types:
                self.waiting += linker.reactions(fact)


OTHERS = st.sampled_from(TICKETS)
COMMANDS = st.one_of(
    st.builds(
        LinkTicket, ticket=OTHERS, relation=st.sampled_from(["related", "problem", "follow_up_of"])
    ),
    st.builds(UnlinkTicket, ticket=OTHERS),
    st.builds(MergeTicket, ticket=OTHERS),
    st.just(SolveTicket(resolution="fixed")),
    st.just(ReopenTicket(reason="mistake")),
    st.just(CloseTicket(reason="withdrawn")),
)
# A command, put to one of the tickets; None lets the linker catch up.
STEPS = st.lists(st.none() | st.tuples(OTHERS, COMMANDS), max_size=20)
PARENTS = st.lists(st.none() | st.integers(0, COUNT - 1), min_size=COUNT, max_size=COUNT)


def tell(parents: list[int | None], steps: list[Any], random: Random | None) -> World:
    """Tickets of which some are children of earlier ones, then the steps, all delivered."""
    world = World()
    for number, ticket in enumerate(TICKETS):
        parent = parents[number]
        if parent is None or parent >= number:
            world.put(ticket, OpenTicket(channel="email"))
        else:
            origin = Origin(relation="parent", ticket=TICKETS[parent], interaction=None)
            world.put(ticket, OpenTicket(channel="task", origin=origin, blocking=True))
    for step in steps:
        if step is None:
            world.deliver_all(random)
        else:
            world.put(*step)
    world.deliver_all(random)
    return world


def links(world: World) -> dict[str, set[tuple[str, str, bool]]]:
    return {
        stream: {(one.relation, one.ticket, one.blocking) for one in links_at(story.state.links)}
        for stream, story in world.stories.items()
    }


@given(PARENTS, STEPS, st.randoms(use_true_random=False))
def test_any_order_of_deliveries_ends_in_links_on_which_both_sides_agree(
    parents: list[int | None], steps: list[Any], random: Random
) -> None:
    world = tell(parents, steps, random)
    for stream, held in links(world).items():
        me = stream.partition("/")[2]
        for relation, ticket, blocking in held:
            other = world.stories[f"ticket/{ticket}"].state
            if relation == "absorbed":
                assert other.merged.into == me
            else:
                back = other.links[OPPOSITE[relation], me].present  # type: ignore[index]
                assert back is not None
                if relation == "child":
                    assert blocking == (other.status.present not in SETTLED)


@given(
    PARENTS,
    STEPS.map(lambda steps: [step for step in steps if step]),
    st.randoms(use_true_random=False),
)
def test_deliveries_in_any_order_end_in_the_same_links(
    parents: list[int | None], steps: list[Any], random: Random
) -> None:
    assert links(tell(parents, steps, random)) == links(tell(parents, steps, None))


@given(PARENTS, STEPS, st.randoms(use_true_random=False))
def test_what_is_merged_is_a_forest_with_the_oldest_as_roots(
    parents: list[int | None], steps: list[Any], random: Random
) -> None:
    world = tell(parents, steps, random)

    def state_of(ticket: str) -> Any:
        return world.stories[f"ticket/{ticket}"].state

    for ticket in TICKETS:
        root = survivor(ticket, state_of)
        assert TICKETS.index(root) <= TICKETS.index(ticket)
        assert state_of(root).merged is None
        merged = state_of(ticket).merged
        if merged is not None:
            assert TICKETS.index(merged.into) < TICKETS.index(ticket)
            assert state_of(ticket).status.present == "closed"


@given(PARENTS, STEPS, st.randoms(use_true_random=False))
def test_no_ring_of_tickets_waits_for_itself(
    parents: list[int | None], steps: list[Any], random: Random
) -> None:
    """A child is always younger than its parent, so waiting always ends."""
    world = tell(parents, steps, random)
    for stream, held in links(world).items():
        for relation, ticket, _ in held:
            if relation == "child":
                assert TICKETS.index(ticket) > TICKETS.index(stream.partition("/")[2])
