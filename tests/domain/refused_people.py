"""What customers, identities, agents and groups are refused, beside the plain cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deskledger.domain.agent.commands import RemoveAgent
from deskledger.domain.customer.commands import (
    AddIdentity,
    BlockCustomer,
    MergeCustomer,
    SetOrganisation,
)
from deskledger.domain.group.commands import CloseGroup, FormGroup, RemoveMember
from deskledger.domain.identifiers import derived_id
from deskledger.domain.identity.commands import ClaimIdentity
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.contact_commands import ReceiveMessage
from tests.domain.customers import EMAIL, OLD, PHONE, YOUNG, YOUNGEST, address, leading, registered
from tests.domain.stories import ANN, BOB, Story, agent, desk, group

NOBODY = derived_id("customer", "nobody")
PERSON = {"field": "organisation", "expected": "kind=person"}
ORGANISATION = {"field": "organisation", "expected": "kind=organisation"}


def pair() -> Story:
    """A young customer beside an old one."""
    return registered(YOUNG, 5).beside(old=registered(OLD, 0)).after(5)


def merged() -> Story:
    """The young customer, merged into the old one."""
    return pair().when(MergeCustomer(into=OLD))


def crowded() -> tuple[Story, AddIdentity]:
    """A customer with as many addresses as one may have, and one more address."""
    zoe = registered(OLD, 0)
    numbers = [derived_id("identity", str(number)) for number in range(201)]
    story = zoe.beside(**{f"a{n}": leading(one, zoe) for n, one in enumerate(numbers)})
    adding = [AddIdentity(**address(one).model_dump()) for one in numbers]
    return story.when(*adding[:-1]), adding[-1]


def employed(kind: str) -> Story:
    """A customer of a kind beside one of the same kind."""
    return registered(YOUNG, 5, kind=kind).beside(old=registered(OLD, 0, kind=kind))


REFUSED_PEOPLE: list[tuple[str, Callable[[], tuple[Story, Any]], dict[str, Any]]] = [
    ("customer_merged", lambda: (merged(), BlockCustomer()), {"customer": YOUNG, "into": OLD}),
    ("customer_merged", lambda: (merged().past(), BlockCustomer()), {"into": OLD}),
    (
        "customer_merged",
        lambda: (registered(YOUNGEST, 9).beside(young=merged()), MergeCustomer(into=YOUNG)),
        {"customer": YOUNG, "into": OLD},
    ),
    (
        "customer_merged",
        lambda: (merged().beside(oldest=registered(NOBODY, 0)), MergeCustomer(into=NOBODY)),
        {"customer": YOUNG, "into": OLD},
    ),
    (
        "customer_merged",
        lambda: (registered(YOUNGEST, 9).beside(x=merged()), SetOrganisation(organisation=YOUNG)),
        {"customer": YOUNG, "into": OLD},
    ),
    (
        "customer_merged",
        lambda: (desk().beside(young=merged()), OpenTicket(channel="web", customer=YOUNG)),
        {"customer": YOUNG, "into": OLD},
    ),
    (
        "customer_merged",
        lambda: (
            Story(stream=f"identity/{EMAIL}").beside(young=merged()),
            ClaimIdentity(customer=YOUNG),
        ),
        {"customer": YOUNG, "into": OLD},
    ),
    (
        "customer_blocked",
        lambda: (
            desk()
            .when(OpenTicket(channel="web"))
            .beside(zoe=registered(OLD, 0).when(BlockCustomer()))
            .by(Actor(kind="customer", id=OLD)),
            ReceiveMessage(text="Buy!"),
        ),
        {"customer": OLD},
    ),
    ("customer_unknown", lambda: (pair(), MergeCustomer(into=NOBODY)), {"customer": NOBODY}),
    (
        "customer_unknown",
        lambda: (Story(stream=f"identity/{EMAIL}"), ClaimIdentity(customer=NOBODY)),
        {"customer": NOBODY},
    ),
    ("link_to_itself", lambda: (pair(), MergeCustomer(into=YOUNG)), {"customer": YOUNG}),
    (
        "field_invalid",
        lambda: (
            pair().beside(old=registered(OLD, 0, kind="organisation")),
            MergeCustomer(into=OLD),
        ),
        {"field": "into", "expected": "kind=person"},
    ),
    (
        "field_invalid",
        lambda: (employed("person"), SetOrganisation(organisation=OLD)),
        ORGANISATION,
    ),
    (
        "field_invalid",
        lambda: (employed("organisation"), SetOrganisation(organisation=OLD)),
        PERSON,
    ),
    (
        "identity_unverified",
        lambda: (
            leading(EMAIL, registered(OLD, 0)).beside(young=registered(YOUNG, 5)),
            ClaimIdentity(customer=YOUNG, held_by=OLD),
        ),
        {"customer": OLD},
    ),
    (
        "identity_taken",
        lambda: (
            leading(PHONE, registered(OLD, 0)).beside(young=registered(YOUNG, 5)),
            ClaimIdentity(customer=YOUNG, held_by=YOUNGEST, verified=True),
        ),
        {"customer": OLD},
    ),
    (
        "last_member",
        lambda: (
            group("first-line", ANN, BOB).beside(bob=agent(BOB).when(RemoveAgent())),
            RemoveMember(agent=ANN),
        ),
        {"group": "first-line", "agent": ANN},
    ),
    (
        "group_unknown",
        lambda: (
            Story(stream="group/night").past(),
            FormGroup(names={"en": "Night"}, parent="nowhere"),
        ),
        {"group": "nowhere"},
    ),
    (
        "link_to_itself",
        lambda: (
            Story(stream="group/night").past(),
            FormGroup(names={"en": "Night"}, parent="night"),
        ),
        {"group": "night"},
    ),
    (
        "link_to_itself",
        lambda: (group("first-line", ANN).past(), CloseGroup(successor="first-line")),
        {"group": "first-line"},
    ),
    (
        "group_closed",
        lambda: (
            group("first-line", ANN).beside(old=group("old").when(CloseGroup())),
            CloseGroup(successor="old"),
        ),
        {"group": "old"},
    ),
    (
        "agent_left",
        lambda: (agent(ANN).beside(bob=agent(BOB).when(RemoveAgent())), RemoveAgent(successor=BOB)),
        {"agent": BOB},
    ),
    ("too_many", crowded, {"what": "identities", "limit": 200}),
]
