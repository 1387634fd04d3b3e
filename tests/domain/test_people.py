"""Identities, customers, agents and groups."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from deskledger.domain.agent.commands import (
    AddAgent,
    ChangeLimits,
    ChangeRoles,
    ChangeSkills,
    RemoveAgent,
)
from deskledger.domain.agent.events import AgentJoined, AgentLeft, AgentProfileChanged, Skill
from deskledger.domain.customer.commands import (
    AddIdentity,
    BlockCustomer,
    FollowIdentity,
    RegisterCustomer,
    RemoveIdentity,
    SetAccountManager,
    SetOrganisation,
    SetTier,
)
from deskledger.domain.customer.events import (
    CustomerRegistered,
    CustomerStandingChanged,
    IdentitiesChanged,
    IdentityAdded,
)
from deskledger.domain.fields import FieldsChanged, SetFields
from deskledger.domain.group.commands import AddMember, CloseGroup, FormGroup, RemoveMember
from deskledger.domain.group.events import GroupClosed, GroupFormed, GroupMembersChanged
from deskledger.domain.identifiers import customer_id
from deskledger.domain.identity.commands import ClaimIdentity, ReleaseIdentity
from deskledger.domain.identity.events import IdentityMoved
from deskledger.domain.references import LinkReference, Reference, ReferencesChanged
from deskledger.domain.tags import TagCustomer, TagsChanged
from tests.domain.stories import ANN, BOB, CUSTOMER, NOON, Story, agent, group, minutes

ADDRESS = "11111111-1111-8111-8111-111111111111"
OTHER = "22222222-2222-8222-8222-222222222222"
IDENTITY = Story(stream=f"identity/{ADDRESS}")
FIRST = customer_id(ADDRESS, 1)
EMAIL = IdentityAdded(identity=ADDRESS, channel="email", address="zoe@example.org", verified=False)


def claimed() -> Story:
    return IDENTITY.when(ClaimIdentity())


def customer() -> Story:
    story = Story(stream=f"customer/{FIRST}").beside(address=claimed(), ann=agent(ANN))
    return story.when(RegisterCustomer(identities=(EMAIL,), tier="gold")).after(10)


def test_a_first_claim_makes_a_customer_of_the_identitys_own() -> None:
    (moved,) = IDENTITY.then(ClaimIdentity(), IdentityMoved)
    assert (moved.customer.before, moved.customer.after) == (None, FIRST)
    assert moved.customer.since is None


def test_claiming_what_leads_to_somebody_is_nothing() -> None:
    claimed().then_nothing(ClaimIdentity())
    claimed().then_nothing(ClaimIdentity(customer=FIRST))


def test_a_claim_after_a_release_makes_another_customer() -> None:
    released = claimed().after(5).when(ReleaseIdentity(customer=FIRST)).after(5)
    released.then_nothing(ReleaseIdentity(customer=FIRST))
    (moved,) = released.then(ClaimIdentity(), IdentityMoved)
    assert moved.customer.after == customer_id(ADDRESS, 2)
    assert moved.customer.since == NOON + minutes(5)


def test_a_second_address_may_lead_to_a_known_customer() -> None:
    zoe = Story(stream=f"customer/{CUSTOMER}").when(RegisterCustomer())
    (moved,) = IDENTITY.beside(zoe=zoe).then(ClaimIdentity(customer=CUSTOMER), IdentityMoved)
    assert moved.customer.after == CUSTOMER


def test_a_customer_is_registered_with_the_addresses_that_lead_to_them() -> None:
    story = Story(stream=f"customer/{FIRST}").beside(address=claimed())
    command = RegisterCustomer(identities=(EMAIL,), personal_fields={"name": "Zoe"})
    registered, added = story.then(command, CustomerRegistered, IdentitiesChanged)
    assert (registered.kind, registered.personal_fields) == ("person", {"name": "Zoe"})
    assert added.added == (EMAIL,)


def test_an_address_comes_verified_and_goes() -> None:
    verified = AddIdentity(
        identity=ADDRESS, channel="email", address="zoe@example.org", verified=True
    )
    (changed,) = customer().then(verified, IdentitiesChanged)
    assert changed.added[0].verified
    customer().when(verified).then_nothing(verified)
    gone = customer().when(RemoveIdentity(identity=ADDRESS))
    assert gone.state.identities[ADDRESS].present is None
    gone.then_nothing(RemoveIdentity(identity=ADDRESS))


def test_an_import_that_lets_a_customer_follow_an_identity_looks_where_it_leads() -> None:
    customer().past().then_nothing(FollowIdentity(identity=ADDRESS))
    released = claimed().when(ReleaseIdentity(customer=FIRST))
    gone = customer().beside(address=released).past()
    (changed,) = gone.then(FollowIdentity(identity=ADDRESS), IdentitiesChanged)
    assert changed.removed == (ADDRESS,)


def test_a_customers_standing_changes_one_thing_at_a_time() -> None:
    (tier,) = customer().then(SetTier(tier=None, reason="moved"), CustomerStandingChanged)
    assert (tier.tier.before, tier.tier.after, tier.tier.since) == ("gold", None, NOON)
    assert (tier.organisation, tier.blocked, tier.reason) == (None, None, "moved")
    customer().then_nothing(SetTier(tier="gold"))
    customer().then_nothing(BlockCustomer(blocked=False))
    customer().then(SetAccountManager(account_manager=ANN), CustomerStandingChanged)
    organisation = Story(stream=f"customer/{OTHER}").when(RegisterCustomer(kind="organisation"))
    story = customer().beside(acme=organisation)
    story = story.when(SetOrganisation(organisation=OTHER), BlockCustomer())
    assert (story.state.blocked, story.state.tier) == (True, "gold")
    assert story.state.standing["organisation"].present == OTHER


def test_a_customer_has_fields_tags_and_references() -> None:
    story = customer()
    story.then(SetFields(personal_fields={"name": "Zoe"}), FieldsChanged)
    story.then(TagCustomer(add=("vip",)), TagsChanged)
    reference = Reference(system="crm", kind="contact", id="C-1")
    story.then(LinkReference(references=(reference,)), ReferencesChanged)
    told = story.when(TagCustomer(add=("vip",)), LinkReference(references=(reference,)))
    assert told.state.tags["vip"].present
    assert told.state.references[reference.name].present == reference


def test_an_imported_customer_needs_nobody_to_be_known() -> None:
    story = Story(stream=f"customer/{CUSTOMER}").past().when(RegisterCustomer(identities=(EMAIL,)))
    told = story.when(SetOrganisation(organisation=OTHER), SetAccountManager(account_manager=BOB))
    assert told.state.identities[ADDRESS].present == EMAIL
    standing = {name: held.present for name, held in told.state.standing.items()}
    assert standing == {
        "tier": None,
        "organisation": OTHER,
        "account_manager": BOB,
        "blocked": False,
    }


def test_an_agent_joins_changes_and_leaves() -> None:
    story = Story(stream=f"agent/{ANN}")
    command = AddAgent(personal_fields={"name": "Ann"}, roles=("agent",), limits={"all": 20})
    (joined,) = story.then(command, AgentJoined)
    assert (joined.personal_fields, joined.limits) == ({"name": "Ann"}, {"all": 20})
    ann = story.when(command)
    ann.then_nothing(ChangeRoles(roles=("agent",)))
    ann.then_nothing(ChangeLimits(limits={"all": 20}))
    skills = ChangeSkills(skills=(Skill(skill="billing", level=2),))
    (changed,) = ann.then(skills, AgentProfileChanged)
    assert (changed.skills.before, changed.languages) == ((), None)
    ann.then(SetFields(personal_fields={"name": "Anna"}), FieldsChanged)
    (left,) = ann.then(RemoveAgent(), AgentLeft)
    assert left.successor is None
    ann.when(skills, RemoveAgent()).then_nothing(RemoveAgent())


def test_each_skill_and_language_is_named_once() -> None:
    twice = (Skill(skill="billing", level=1), Skill(skill="billing", level=2))
    with pytest.raises(ValidationError, match="once"):
        ChangeSkills(skills=twice)
    with pytest.raises(ValidationError, match="once"):
        AddAgent(languages=("zh", "en", "zh"))
    with pytest.raises(ValidationError, match="once"):
        ChangeRoles(roles=("agent", "agent"))


def test_an_agents_successor_may_be_an_agent_or_a_group() -> None:
    story = agent(ANN).beside(bob=agent(BOB), first=group("first-line"))
    assert story.when(RemoveAgent(successor=BOB)).state.successor == BOB
    assert story.when(RemoveAgent(successor="first-line")).state.left


def test_a_group_is_formed_staffed_and_closed() -> None:
    story = Story(stream="group/first-line").beside(ann=agent(ANN), bob=agent(BOB))
    (formed,) = story.then(FormGroup(names={"en": "First", "zh": "一线"}), GroupFormed)
    assert (formed.restricted, formed.parent) == (False, None)
    staffed = story.when(FormGroup(names={"en": "First"}), AddMember(agent=ANN))
    (leads,) = staffed.then(AddMember(agent=ANN, lead=True), GroupMembersChanged)
    assert leads.added[0].lead
    staffed.then_nothing(AddMember(agent=ANN))
    staffed.then_nothing(RemoveMember(agent=BOB))
    two = staffed.when(AddMember(agent=BOB))
    assert two.state.members == {ANN, BOB}
    assert two.when(RemoveMember(agent=ANN)).state.members == {BOB}
    closing = two.beside(second=group("second-line"))
    (closed,) = closing.then(CloseGroup(successor="second-line"), GroupClosed)
    assert closed.successor == "second-line"
    closing.when(CloseGroup(successor="second-line")).then_nothing(CloseGroup())
    staffed.then(SetFields(fields={"floor": 2}), FieldsChanged)
    staffed.past().then(RemoveMember(agent=ANN), GroupMembersChanged)


def test_a_group_may_stand_below_another() -> None:
    story = Story(stream="group/night").beside(first=group("first-line"))
    story.then(FormGroup(names={"en": "Night"}, parent="first-line"), GroupFormed)
    closed = group("old").when(CloseGroup())
    past = Story(stream="group/night").past().beside(old=closed)
    (formed,) = past.then(FormGroup(names={"en": "Night"}, parent="old"), GroupFormed)
    assert formed.parent == "old"


def test_whoever_left_the_desk_may_be_taken_out_of_a_group_that_goes_on() -> None:
    staffed = group("first-line", ANN, BOB).beside(ann=agent(ANN).when(RemoveAgent()))
    assert staffed.when(RemoveMember(agent=ANN)).state.members == {BOB}
