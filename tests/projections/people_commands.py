"""Commands on customers, agents and groups as laws draw them."""

from hypothesis import strategies as st

from deskledger.domain.agent.commands import (
    ChangeLimits,
    ChangeRoles,
    ChangeSkills,
    RemoveAgent,
)
from deskledger.domain.customer.commands import (
    AddIdentity,
    BlockCustomer,
    MergeCustomer,
    RemoveIdentity,
    SetAccountManager,
    SetTier,
)
from deskledger.domain.fields import SetFields
from deskledger.domain.group.commands import AddMember, CloseGroup, RemoveMember
from deskledger.domain.references import LinkReference, Reference, ReferenceKey, UnlinkReference
from deskledger.domain.tags import TagCustomer
from tests.domain.stories import ANN, BOB

# Of two who became known at one time, the lower id is the older one's.
OLD = "a-customer"
SLUGS = st.sampled_from(["a", "b", "c"])
MAYBE = st.none() | SLUGS
KEYS = st.builds(ReferenceKey, system=st.just("shop"), kind=st.just("contract"), id=SLUGS)
FIELDS = st.one_of(
    st.builds(SetFields, fields=st.dictionaries(SLUGS, MAYBE | st.integers(0, 9), min_size=1)),
    st.builds(SetFields, personal_fields=st.dictionaries(SLUGS, MAYBE, min_size=1)),
    st.builds(SetFields, personal_fields=st.fixed_dictionaries({"name": MAYBE})),
)
CUSTOMER = st.one_of(
    FIELDS,
    st.builds(SetTier, tier=MAYBE),
    st.builds(SetAccountManager, account_manager=st.sampled_from([None, ANN])),
    st.builds(BlockCustomer, blocked=st.booleans()),
    SLUGS.map(lambda tag: TagCustomer(add=(tag,))),
    SLUGS.map(lambda tag: TagCustomer(remove=(tag,))),
    st.builds(
        AddIdentity,
        identity=SLUGS,
        channel=st.just("email"),
        address=SLUGS.map("{}@example.com".format),
        verified=st.booleans(),
    ),
    st.builds(RemoveIdentity, identity=SLUGS),
    st.just(MergeCustomer(into=OLD)),
    KEYS.map(lambda key: LinkReference(references=(Reference(**dict(key)),))),
    KEYS.map(lambda key: UnlinkReference(references=(key,))),
)
AGENT = st.one_of(
    FIELDS,
    st.builds(ChangeRoles, roles=st.lists(SLUGS, unique=True).map(tuple)),
    st.builds(ChangeSkills, languages=st.sampled_from([(), ("en",), ("zh", "en")])),
    st.builds(ChangeLimits, limits=st.dictionaries(SLUGS, st.integers(0, 9))),
    st.just(RemoveAgent()),
)
GROUP = st.one_of(
    st.builds(AddMember, agent=st.sampled_from([ANN, BOB]), lead=st.booleans()),
    st.builds(RemoveMember, agent=st.sampled_from([ANN, BOB])),
    st.just(CloseGroup()),
)
