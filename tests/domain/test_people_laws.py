"""Whatever happens to people folds, and late facts land where they belong."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deskledger.domain.agent.commands import (
    AddAgent,
    ChangeLimits,
    ChangeRoles,
    ChangeSkills,
    RemoveAgent,
)
from deskledger.domain.agent.events import AgentProfileChanged, Skill
from deskledger.domain.commands import Command
from deskledger.domain.customer.commands import (
    AddIdentity,
    BlockCustomer,
    MergeCustomer,
    RegisterCustomer,
    RemoveIdentity,
    SetAccountManager,
    SetOrganisation,
    SetTier,
)
from deskledger.domain.customer.events import CustomerStandingChanged
from deskledger.domain.errors import CommandRefused, InvalidInput
from deskledger.domain.fields import SetFields
from deskledger.domain.group.commands import AddMember, CloseGroup, FormGroup, RemoveMember
from deskledger.domain.group.events import GroupMembersChanged, Member
from deskledger.domain.streams import stream_type
from deskledger.domain.tags import TagCustomer
from tests.domain.customers import EMAIL, OLD, PHONE, YOUNG, address, leading, registered
from tests.domain.stories import ANN, BOB, NOON, Story, agent, group, minutes

SLUGS = st.sampled_from(["a", "b", "c"])
MAYBE = st.none() | SLUGS
AGENTS = st.sampled_from([ANN, BOB])
FIELDS = st.builds(SetFields, fields=st.dictionaries(SLUGS, MAYBE, min_size=1))
ADDRESSES = st.sampled_from([EMAIL, PHONE])
CUSTOMER = st.one_of(
    FIELDS,
    st.builds(SetTier, tier=MAYBE),
    st.builds(SetOrganisation, organisation=st.sampled_from([None, OLD, "firm"])),
    st.builds(SetAccountManager, account_manager=st.none() | AGENTS),
    st.builds(BlockCustomer, blocked=st.booleans()),
    ADDRESSES.map(lambda one: AddIdentity(**address(one).model_dump())),
    st.builds(RemoveIdentity, identity=ADDRESSES),
    SLUGS.map(lambda tag: TagCustomer(add=(tag,))),
    st.builds(MergeCustomer, into=st.sampled_from([OLD, YOUNG, "firm"])),
)
AGENT = st.one_of(
    FIELDS,
    st.builds(ChangeRoles, roles=st.lists(SLUGS, unique=True).map(tuple)),
    SLUGS.map(lambda one: ChangeSkills(skills=(Skill(skill=one, level=1),))),
    st.builds(ChangeLimits, limits=st.dictionaries(SLUGS, st.integers(0, 9))),
    st.builds(RemoveAgent, successor=st.sampled_from([None, BOB, "first-line"])),
)
GROUP = st.one_of(
    FIELDS,
    st.builds(AddMember, agent=AGENTS, lead=st.booleans()),
    st.builds(RemoveMember, agent=AGENTS),
    st.builds(CloseGroup, successor=st.sampled_from([None, "second-line"])),
)


def customer() -> Story:
    story = registered(YOUNG, 5).recording_late()
    firm = registered("firm", 0, kind="organisation")
    return story.beside(
        old=registered(OLD, 0),
        firm=firm,
        ann=agent(ANN),
        bob=agent(BOB),
        email=leading(EMAIL, story),
        phone=leading(PHONE, story),
    )


def someone() -> Story:
    return agent(ANN).recording_late().beside(bob=agent(BOB), first=group("first-line"))


def team() -> Story:
    story = Story(stream="group/team").when(FormGroup(names={"en": "Team"})).recording_late()
    return story.beside(ann=agent(ANN), bob=agent(BOB), second=group("second-line"))


TOLD = st.one_of(
    *(
        st.tuples(
            st.just(begun),
            st.lists(
                st.tuples(commands, st.none() | st.integers(0, 200), st.booleans()), max_size=25
            ),
        )
        for begun, commands in ((customer, CUSTOMER), (someone, AGENT), (team, GROUP))
    )
)


@given(TOLD)
def test_every_accepted_history_folds_from_what_is_stored(told: Any) -> None:
    begun, steps = told
    story: Story = begun()
    for command, late, history in steps:
        story = replace(story.after(10), history=history)
        stated: Command = command
        if late is not None:
            at = max(story.state.began_at, story.after(-late).now)
            stated = command.model_copy(update={"occurred_at": at})
        try:
            events = story.decide(stated)
        except (CommandRefused, InvalidInput):
            continue
        story = replace(story.told(*events), steps=story.steps + 1)
    kind = stream_type(story.stream)
    state: Any = None
    for version, event in enumerate(story.events, 1):
        state = kind.evolve(state, kind.read(event.written()), version)
    assert state == story.state
    assert state.version == len(story.events)
    assert state.latest_at == max(event.occurred_at for event in story.events)


def profile(roles: tuple[str, ...]) -> Any:
    return {
        "type": AgentProfileChanged,
        "roles": {"before": (), "after": roles, "since": None},
        "skills": None,
        "languages": None,
        "limits": None,
    }


def standing(tier: str) -> Any:
    return {
        "type": CustomerStandingChanged,
        "tier": {"before": None, "after": tier, "since": None},
        "organisation": None,
        "account_manager": None,
        "blocked": None,
        "reason": None,
    }


def members(stated: tuple[str, bool | None]) -> Any:
    name, lead = stated
    added = () if lead is None else (Member(agent=name, lead=lead),)
    removed = (name,) if lead is None else ()
    return {"type": GroupMembersChanged, "added": added, "removed": removed}


LATE = st.one_of(
    st.tuples(
        st.just(Story(stream=f"agent/{ANN}").when(AddAgent())),
        st.lists(st.lists(SLUGS, max_size=2).map(tuple).map(profile), max_size=8),
    ),
    st.tuples(
        st.just(Story(stream=f"customer/{OLD}").when(RegisterCustomer())),
        st.lists(SLUGS.map(standing), max_size=8),
    ),
    st.tuples(
        st.just(Story(stream="group/team").when(FormGroup(names={"en": "Team"}))),
        st.lists(st.tuples(AGENTS, st.none() | st.booleans()).map(members), max_size=8),
    ),
)


@given(LATE, st.randoms())
def test_in_whichever_order_facts_are_recorded_the_past_is_the_same(late: Any, order: Any) -> None:
    begun, facts = late
    made = []
    for number, fact in enumerate(facts, 1):
        stated = dict(fact)
        made.append(stated.pop("type")(occurred_at=NOON + minutes(number), by=None, **stated))
    in_order = begun.told(*made)
    order.shuffle(made)
    shuffled = begun.told(*made)
    for number in range(len(made) + 1):
        at = NOON + timedelta(minutes=number, seconds=30)
        assert held(in_order.state, at) == held(shuffled.state, at)


def held(state: Any, at: Any) -> Any:
    """What was so at an instant: profile, standing or membership."""
    for name in ("profile", "standing", "membership"):
        if hasattr(state, name):
            timelines = getattr(state, name)
            return {one: timelines[one].held(at)[0] for one in sorted(timelines)}
    raise AssertionError(state)
