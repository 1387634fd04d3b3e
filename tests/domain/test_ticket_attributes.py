"""What describes a ticket: opening, classes, priority, fields, tags and references."""

from __future__ import annotations

from dataclasses import replace

from deskledger.domain.customer.commands import RegisterCustomer
from deskledger.domain.fields import FieldsChanged, SetFields
from deskledger.domain.references import (
    LinkReference,
    Reference,
    ReferenceKey,
    ReferencesChanged,
    UnlinkReference,
)
from deskledger.domain.shapes import By, Erased
from deskledger.domain.tags import Tagged, TagsChanged, TagTicket
from deskledger.domain.ticket.commands import ClassifyTicket, OpenTicket, PrioritiseTicket
from deskledger.domain.ticket.contact_commands import AddNote
from deskledger.domain.ticket.events import TicketClassified, TicketOpened, TicketPrioritised
from tests.domain.stories import (
    ANN,
    AS_RULE,
    CUSTOMER,
    NOON,
    Story,
    desk,
    minutes,
)

OPEN = OpenTicket(
    channel="email",
    subject="Broken",
    priority="low",
    type_code="repair",
    tags=("b", "a", "b"),
    fields={"colour": "red"},
    references=(Reference(system="shop", kind="order", id="1"),),
)
RULE = By(kind="rule", id="prio", version=1)


def ticket() -> Story:
    return desk().when(OPEN).after(10)


def test_a_ticket_opens_as_its_command_says() -> None:
    (opened,) = desk().then(OPEN, TicketOpened)
    assert (opened.status, opened.step, opened.kind) == ("new", "new", "request")
    assert opened.tags == ("b", "a")
    assert opened.personal_fields is None
    assert (opened.ticket_type.id, opened.workflow.version) == ("default", 0)


def test_a_ticket_may_open_waiting() -> None:
    story = desk().when(OpenTicket(channel="web", status="pending"))
    assert story.state.status.present == "pending"


def test_a_ticket_has_its_customers_tier_unless_it_states_one() -> None:
    zoe = Story(stream=f"customer/{CUSTOMER}").when(RegisterCustomer(tier="gold"))
    story = desk().beside(zoe=zoe)
    (opened,) = story.then(OpenTicket(channel="web", customer=CUSTOMER), TicketOpened)
    assert opened.tier == "gold"
    (stated,) = story.then(OpenTicket(channel="web", customer=CUSTOMER, tier=None), TicketOpened)
    assert stated.tier is None


def test_a_class_not_stated_stays_and_a_stated_null_clears() -> None:
    command = ClassifyTicket(type_code=None, category=("Hardware", "Printer"))
    (classified,) = ticket().then(command, TicketClassified)
    assert (classified.type_code.before, classified.type_code.after) == ("repair", None)
    assert classified.type_code.since == NOON
    assert classified.category.after == ("Hardware", "Printer")
    assert (classified.stage, classified.tier) == (None, None)


def test_the_same_class_again_is_nothing() -> None:
    ticket().then_nothing(ClassifyTicket(type_code="repair"))


def test_a_priority_set_by_hand_is_pinned_against_recomputation() -> None:
    (by_hand,) = ticket().then(PrioritiseTicket(priority="high"), TicketPrioritised)
    assert (by_hand.pinned, by_hand.reason) == (True, "manual")
    pinned = ticket().when(PrioritiseTicket(priority="high"))
    pinned.then_nothing(PrioritiseTicket(priority="low", by=RULE))
    pinned.by(AS_RULE).then_nothing(PrioritiseTicket(priority="low"))
    assert pinned.decide(PrioritiseTicket(priority="low"))


def test_a_computed_priority_is_not_pinned() -> None:
    command = PrioritiseTicket(priority="high", impact="wide", by=RULE)
    (computed,) = ticket().then(command, TicketPrioritised)
    assert (computed.pinned, computed.reason) == (False, "computed")
    assert (computed.impact.after, computed.urgency) == ("wide", None)


def test_pinning_alone_is_a_change() -> None:
    (pinned,) = ticket().then(PrioritiseTicket(pinned=True), TicketPrioritised)
    assert (pinned.pinned, pinned.priority) == (True, None)
    ticket().then_nothing(PrioritiseTicket(pinned=False))


def test_a_field_change_says_what_it_replaced_and_since_when() -> None:
    command = SetFields(fields={"colour": "blue", "size": 4}, personal_fields={"subject": "Fixed"})
    (changed,) = ticket().then(command, FieldsChanged)
    colour, size = changed.fields["colour"], changed.fields["size"]
    assert (colour.before, colour.after, colour.since) == ("red", "blue", NOON)
    assert (size.before, size.after, size.since) == (None, 4, NOON)
    assert changed.personal_fields["subject"].before == "Broken"


def test_true_is_not_one() -> None:
    story = ticket().when(SetFields(fields={"flag": 1}))
    (changed,) = story.then(SetFields(fields={"flag": True}), FieldsChanged)
    assert changed.fields["flag"].after is True


def test_a_field_is_cleared_by_null_and_clearing_again_is_nothing() -> None:
    story = ticket().when(SetFields(fields={"colour": None}))
    assert story.state.fields["colour"].present is None
    story.then_nothing(SetFields(fields={"colour": None, "never": None}))


def test_an_erased_subject_is_replaced_like_any_other() -> None:
    (opened,) = desk().then(OPEN, TicketOpened)
    story = Story().told(opened.model_copy(update={"subject": Erased()}))
    (changed,) = story.then(SetFields(personal_fields={"subject": "New"}), FieldsChanged)
    assert changed.personal_fields["subject"].before == Erased()
    stored = changed.model_dump(mode="json")["personal_fields"]["subject"]
    assert stored == {"before": None, "after": "New", "since": "2026-03-02T12:00:00.000000Z"}


def test_an_erased_change_leaves_an_erased_value() -> None:
    (changed,) = ticket().then(SetFields(personal_fields={"phone": "1"}), FieldsChanged)
    erased = changed.model_copy(update={"personal_fields": {"phone": Erased()}})
    assert ticket().told(erased).state.personal_fields["phone"].present == Erased()


def test_tags_say_what_was_there_before() -> None:
    command = TagTicket(add=("a", Tagged(tag="vip", confidence="0.9")), remove=("b", "z"))
    (changed,) = ticket().then(command, TagsChanged)
    assert [tagged.tag for tagged in changed.added] == ["vip"]
    assert (changed.removed, changed.before) == (("b",), ("a", "b"))
    ticket().then_nothing(TagTicket(add=("a",), remove=("z",)))


def test_a_reference_with_other_facts_replaces_the_one_that_was_there() -> None:
    paid = Reference(system="shop", kind="order", id="1", facts={"amount": "9.90", "paid": True})
    (changed,) = ticket().then(LinkReference(references=(paid,)), ReferencesChanged)
    assert changed.added == (paid,)
    linked = ticket().when(LinkReference(references=(paid,)))
    linked.then_nothing(LinkReference(references=(paid,)))
    key = ReferenceKey(system="shop", kind="order", id="1")
    (removed,) = linked.then(UnlinkReference(references=(key,)), ReferencesChanged)
    assert removed.removed == (key,)


def test_a_late_attribute_is_filed_and_leaves_the_present() -> None:
    story = ticket().when(
        PrioritiseTicket(priority="high"),
        TagTicket(add=("vip",)),
        SetFields(fields={"colour": "blue"}),
    )
    late = NOON + minutes(5)
    story = replace(story.after(10).when(AddNote(text="!")), record_late=True).when(
        PrioritiseTicket(priority="middle", occurred_at=late),
        TagTicket(remove=("a",), add=("x",), occurred_at=late),
        SetFields(fields={"colour": "green"}, occurred_at=late),
    )
    state = story.state
    assert state.attributes["priority"].present == "high"
    assert state.attributes["priority"].held(late) == ("middle", late)
    assert (state.fields["colour"].present, state.fields["colour"].held(late)[0]) == (
        "blue",
        "green",
    )
    assert state.tags["x"].present
    assert not state.tags["a"].present


def test_a_ticket_opened_for_an_agent_is_new_until_the_agent_acts() -> None:
    (opened,) = desk().then(OpenTicket(channel="web", agent=ANN), TicketOpened)
    assert (opened.party.agent, opened.status) == (ANN, "new")
