"""What customers, identities, agents and groups are refused plainly."""

from __future__ import annotations

from deskledger.domain.agent.commands import ChangeRoles, RemoveAgent
from deskledger.domain.customer.commands import (
    BlockCustomer,
    RegisterCustomer,
    SetAccountManager,
    SetOrganisation,
)
from deskledger.domain.group.commands import AddMember, CloseGroup, FormGroup, RemoveMember
from deskledger.domain.identifiers import customer_id
from deskledger.domain.identity.commands import ClaimIdentity, ReleaseIdentity
from tests.domain.refused_situations import (
    ADDRESS,
    GROUP,
    IDENTITY,
    NOBODY,
    Row,
    add_address,
    customer,
    departed,
    shut,
)
from tests.domain.stories import ANN, BOB, CUSTOMER, Story, agent, group

REFUSED_PARTIES: list[Row] = [
    ("agent_unknown", lambda: (group("first-line"), AddMember(agent=NOBODY)), {"agent": NOBODY}),
    ("agent_unknown", lambda: (agent(ANN), RemoveAgent(successor=NOBODY)), {"agent": NOBODY}),
    (
        "agent_unknown",
        lambda: (customer(), SetAccountManager(account_manager=NOBODY)),
        {"agent": NOBODY},
    ),
    ("agent_left", lambda: (departed(BOB), ChangeRoles(roles=("admin",))), {"agent": BOB}),
    ("group_unknown", lambda: (GROUP, FormGroup(names={"en": "A"}, parent="nowhere")), {}),
    ("group_closed", lambda: (shut("old"), AddMember(agent=ANN)), {"group": "old"}),
    ("last_member", lambda: (group("first-line", ANN), RemoveMember(agent=ANN)), {"agent": ANN}),
    ("last_member", lambda: (group("first-line", ANN), CloseGroup()), {"group": "first-line"}),
    ("customer_unknown", lambda: (customer(), SetOrganisation(organisation=NOBODY)), {}),
    (
        "identity_taken",
        lambda: (IDENTITY.when(ClaimIdentity()), ClaimIdentity(customer=CUSTOMER)),
        {"customer": customer_id(ADDRESS, 1)},
    ),
    (
        "identity_taken",
        lambda: (
            IDENTITY.beside(zoe=customer()).when(ClaimIdentity(customer=CUSTOMER)),
            ReleaseIdentity(customer=NOBODY),
        ),
        {"customer": CUSTOMER},
    ),
    (
        "identity_taken",
        lambda: (customer().beside(address=IDENTITY.when(ClaimIdentity())), add_address()),
        {},
    ),
    ("link_to_itself", lambda: (customer(), SetOrganisation(organisation=CUSTOMER)), {}),
    ("link_to_itself", lambda: (agent(ANN), RemoveAgent(successor=ANN)), {}),
    ("link_to_itself", lambda: (group("a", ANN), CloseGroup(successor="a")), {}),
    ("stream_exists", lambda: (customer(), RegisterCustomer()), {"stream": f"customer/{CUSTOMER}"}),
    ("stream_exists", lambda: (group("a"), FormGroup(names={"en": "A"})), {"stream": "group/a"}),
    ("stream_unknown", lambda: (GROUP, AddMember(agent=ANN)), {"stream": "group/first-line"}),
    ("stream_unknown", lambda: (IDENTITY, ReleaseIdentity(customer=CUSTOMER)), {}),
    ("stream_unknown", lambda: (Story(stream=f"agent/{ANN}"), RemoveAgent()), {}),
    ("stream_unknown", lambda: (Story(stream=f"customer/{ANN}"), BlockCustomer()), {}),
    ("stream_unknown", lambda: (customer(), add_address()), {"stream": f"identity/{ADDRESS}"}),
]
