"""Addresses follow their customers: after any merges and moves, in any order, nothing is lost."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from deskledger.domain.customer.commands import (
    AddIdentity,
    FollowIdentity,
    MergeCustomer,
    RegisterCustomer,
    RemoveIdentity,
)
from deskledger.domain.customer.state import CustomerState
from deskledger.domain.identifiers import derived_id
from deskledger.domain.identity.commands import ClaimIdentity, FollowMerge, ReleaseIdentity
from tests.domain.customers import address
from tests.processes.people_world import World

CUSTOMERS = [derived_id("customer", str(number)) for number in range(4)]
ADDRESSES = [derived_id("identity", str(number)) for number in range(2)]
WHO = st.integers(0, len(CUSTOMERS) - 1)
WHICH = st.integers(0, len(ADDRESSES) - 1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), WHO, WHICH),
        st.tuples(st.just("remove"), WHO, WHICH),
        st.tuples(st.just("move"), WHO, WHICH),
        st.tuples(st.just("merge"), WHO, WHO),
        st.tuples(st.just("react"), st.integers(0, 9), st.just(0)),
    ),
    max_size=40,
)


def begun() -> World:
    """A world of customers, the first one the oldest; the youngest have an address each."""
    world = World()
    for customer in CUSTOMERS:
        assert world.put(f"customer/{customer}", RegisterCustomer())
    for customer, identity in zip(reversed(CUSTOMERS), ADDRESSES, strict=False):
        _lead(world, "add", customer, identity)
    return world


def holder(world: World, identity: str) -> str | None:
    story = world.streams.get(f"identity/{identity}")
    owner: str | None = None if story is None else story.state.customer
    return owner


def step(world: World, what: str, first: int, second: int) -> None:
    """Does what an agent does, as the command line does it."""
    if what == "react":
        world.react(first)
    elif what == "merge":
        world.put(f"customer/{CUSTOMERS[first]}", MergeCustomer(into=CUSTOMERS[second]))
    else:
        _lead(world, what, CUSTOMERS[first], ADDRESSES[second])


def _lead(world: World, what: str, customer: str, identity: str) -> None:
    stream, owner = f"identity/{identity}", holder(world, identity)
    if what == "add" and world.put(stream, ClaimIdentity(customer=customer)):
        world.put(f"customer/{customer}", AddIdentity(**address(identity).model_dump()))
    if what == "remove" and world.put(stream, ReleaseIdentity(customer=customer)):
        world.put(f"customer/{customer}", RemoveIdentity(identity=identity))
    if what == "move" and owner not in (None, customer):
        moved = ClaimIdentity(customer=customer, held_by=owner, verified=True)
        world.put(stream, moved)


def customers(world: World) -> dict[str, CustomerState]:
    return {customer: world.streams[f"customer/{customer}"].state for customer in CUSTOMERS}


def held(state: CustomerState) -> set[str]:
    return {name for name, one in state.identities.items() if one.present is not None}


@given(STEPS)
@example([("move", 0, 0), ("move", 1, 0)])
@example([("move", 0, 0), ("merge", 3, 2), ("move", 3, 0)])
@example([("merge", 3, 2), ("merge", 2, 1), ("merge", 1, 0)])
@example([("move", 2, 0), ("merge", 2, 1), ("react", 0, 0), ("merge", 1, 0)])
def test_in_the_end_every_customer_holds_exactly_the_addresses_that_lead_there(
    steps: list[tuple[str, int, int]],
) -> None:
    world = begun()
    for one in steps:
        step(world, *one)
    world.settle()
    leads = {identity: holder(world, identity) for identity in ADDRESSES}
    for customer, state in customers(world).items():
        assert held(state) == {name for name, owner in leads.items() if owner == customer}
        assert not (held(state) and state.merged_into), "whoever was merged holds nothing"
        for name in held(state):
            known: Any = state.identities[name].present
            assert known.address == address(name).address


@given(STEPS)
def test_an_identity_leads_to_one_customer_at_most_at_every_instant(
    steps: list[tuple[str, int, int]],
) -> None:
    world = begun()
    for one in steps:
        step(world, *one)
    world.settle()
    for story in (one for name, one in world.streams.items() if name.startswith("identity/")):
        owner = None
        for event in story.events:
            moved: Any = event
            assert moved.customer.before == owner
            owner = moved.customer.after
            assert story.state.customers.held(moved.occurred_at)[0] == owner


@given(STEPS)
def test_every_merge_leads_to_an_older_customer(steps: list[tuple[str, int, int]]) -> None:
    world = begun()
    for one in steps:
        step(world, *one)
    for number, state in enumerate(customers(world).values()):
        if state.merged_into is not None:
            assert CUSTOMERS.index(state.merged_into) < number


@given(STEPS)
def test_what_was_done_already_is_not_done_again(steps: list[tuple[str, int, int]]) -> None:
    world = begun()
    for one in steps:
        step(world, *one)
    world.settle()
    before = {name: len(story.events) for name, story in world.streams.items()}
    for customer in CUSTOMERS:
        for identity in ADDRESSES:
            world.put(f"identity/{identity}", FollowMerge(customer=customer))
            world.put(f"customer/{customer}", FollowIdentity(identity=identity))
    assert {name: len(story.events) for name, story in world.streams.items()} == before
