"""Every refusal code of the domain: reached by a command, and told in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from deskledger.domain.agent.commands import ChangeRoles, RemoveAgent
from deskledger.domain.commands import Command
from deskledger.domain.customer.commands import (
    AddIdentity,
    BlockCustomer,
    RegisterCustomer,
    SetAccountManager,
    SetOrganisation,
)
from deskledger.domain.errors import CommandRefused
from deskledger.domain.fields import SetFields
from deskledger.domain.group.commands import AddMember, CloseGroup, FormGroup, RemoveMember
from deskledger.domain.identifiers import customer_id, derived_id, interaction_id
from deskledger.domain.identity.commands import ClaimIdentity, ReleaseIdentity
from deskledger.domain.references import LinkReference, Reference
from deskledger.domain.refusals import SENTENCES, sentence
from deskledger.domain.shapes import Party
from deskledger.domain.tags import TagTicket
from deskledger.domain.ticket.commands import (
    AssignTicket,
    CloseTicket,
    HoldTicket,
    OpenTicket,
    PendTicket,
    ReopenTicket,
    SolveTicket,
    TakeTicket,
)
from deskledger.domain.ticket.contact_commands import AddNote, ReceiveMessage, SendReply
from deskledger.domain.ticket.due import SetDue
from deskledger.domain.ticket.events import Origin
from deskledger.domain.ticket.participants import AddParticipant, ChangeCustomer
from deskledger.domain.ticket.redaction import RedactInteraction
from deskledger.domain.ticket.relation_commands import (
    LinkTicket,
    MergeTicket,
    MirrorLinks,
    ReturnTicket,
)
from deskledger.domain.ticket.together import Together
from tests.domain import configured
from tests.domain.marks import AS_POLICY, escalate, reached, running, stopped
from tests.domain.refused_people import REFUSED_PEOPLE
from tests.domain.stories import (
    ANN,
    AS_ANN,
    AS_BOB,
    AS_BOT,
    AS_CUSTOMER,
    AS_LINKER,
    AS_SERVICE,
    BOB,
    CUSTOMER,
    NOON,
    TICKET,
    Story,
    agent,
    desk,
    group,
    minutes,
    part,
    ticket_named,
)

OPEN = OpenTicket(channel="email")
NOBODY = "00000000-0000-8000-8000-000000000000"
ADDRESS = "11111111-1111-8111-8111-111111111111"
GROUP = Story(stream="group/first-line")
IDENTITY = Story(stream=f"identity/{ADDRESS}")


def ticket() -> Story:
    return desk().when(OPEN)


def solved() -> Story:
    return ticket().when(SolveTicket(resolution="fixed"))


def closed() -> Story:
    return solved().when(CloseTicket())


def customer() -> Story:
    return Story(stream=f"customer/{CUSTOMER}").when(RegisterCustomer())


def departed(agent_id: str) -> Story:
    return agent(agent_id).when(RemoveAgent())


def shut(name: str) -> Story:
    return group(name).when(CloseGroup())


OLD = part(Story(ticket_named("old")))
MID = part(Story(ticket_named("mid")))
CLOSE = CloseTicket(reason="withdrawn")


def older(name: str, *commands: Command) -> Story:
    """Another ticket, opened an hour before noon."""
    begun = replace(desk(), stream=ticket_named(name)).after(-60)
    return begun.when(OPEN, *commands)


def merged() -> Story:
    return ticket().beside(old=older("old")).when(MergeTicket(ticket=OLD))


def beside_merged(*, begun: bool = True) -> Story:
    """A ticket beside one that was merged into a third."""
    mid = replace(merged(), stream=ticket_named("mid"))
    return (ticket() if begun else desk()).after(5).beside(mid=mid)


def child_of(parent: str, *, blocking: bool = False, interaction: str | None = None) -> OpenTicket:
    origin = Origin(relation="parent", ticket=parent, interaction=interaction)
    return OpenTicket(channel="internal", origin=origin, blocking=blocking)


FIRST = interaction_id(derived_id("command", TICKET, "1"), 0)


def noted() -> Story:
    return ticket().when(AddNote(text="4111 1111"))


def redaction(*parts: str, interaction: str = FIRST) -> RedactInteraction:
    stated: dict[str, Any] = {"parts": parts} if parts else {}
    return RedactInteraction(interaction=interaction, reason="card_number", **stated)


def copies(first: int, count: int = 50) -> Together:
    """As many more participants."""
    addresses = (f"{number}@example.com" for number in range(first, first + count))
    return Together(parts=tuple(AddParticipant(role="cc", address=one) for one in addresses))


def followed() -> Story:
    told = closed().beside(old=older("old"))
    return told.when(LinkTicket(ticket=OLD, relation="followed_by"))


def mirror() -> MirrorLinks:
    return MirrorLinks(ticket=OLD, relations=("child",))


def parent() -> Story:
    """A ticket that waits for its child."""
    child = replace(desk(), stream=ticket_named("old")).beside(parent=ticket())
    child = child.when(child_of(part(ticket()), blocking=True))
    told = ticket().beside(child=child)
    return told.by(AS_LINKER).when(mirror()).by(AS_ANN)


def numbered(count: int) -> tuple[str, ...]:
    return tuple(f"tag{number}" for number in range(count))


def links(first: int, count: int) -> LinkReference:
    numbers = range(first, first + count)
    references = (Reference(system="shop", kind="order", id=str(number)) for number in numbers)
    return LinkReference(references=tuple(references))


def blocked_ticket() -> Story:
    return desk().beside(zoe=customer().when(BlockCustomer()))


def add_address() -> AddIdentity:
    return AddIdentity(identity=ADDRESS, channel="email", address="zoe@example.org")


Reached = Callable[[], tuple[Story, Any]]

REFUSED: list[tuple[str, Reached, dict[str, Any]]] = [
    (
        "ticket_closed",
        lambda: (closed(), SendReply(text="Hi")),
        {"since": "2026-03-02T12:00:00.000000Z"},
    ),
    ("ticket_solved", lambda: (solved(), PendTicket(reason="asked")), {}),
    ("not_solved", lambda: (ticket(), ReopenTicket()), {"status": "new"}),
    (
        "not_solved",
        lambda: (ticket(), CloseTicket()),
        {"reasons": ["withdrawn", "spam", "duplicate", "test"]},
    ),
    (
        "ticket_closed",
        lambda: (ticket().after(1).beside(old=older("old", CLOSE)), MergeTicket(ticket=OLD)),
        {"ticket": OLD},
    ),
    (
        "ticket_closed",
        lambda: (desk().beside(old=older("old", CLOSE)), child_of(OLD, blocking=True)),
        {"ticket": OLD},
    ),
    (
        "ticket_solved",
        lambda: (
            desk().beside(old=older("old", SolveTicket(resolution="fixed"))),
            child_of(OLD, blocking=True),
        ),
        {"ticket": OLD},
    ),
    ("ticket_merged", lambda: (merged(), AddNote(text="!")), {"into": OLD}),
    ("ticket_merged", lambda: (merged(), MergeTicket(ticket=OLD)), {"into": OLD}),
    ("already_merged", lambda: (beside_merged(), MergeTicket(ticket=MID)), {"into": OLD}),
    (
        "already_merged",
        lambda: (beside_merged(), LinkTicket(ticket=MID)),
        {"ticket": MID, "into": OLD},
    ),
    ("already_merged", lambda: (beside_merged(begun=False), child_of(MID)), {"into": OLD}),
    ("link_unknown", lambda: (ticket(), MergeTicket(ticket=NOBODY)), {"ticket": NOBODY}),
    ("link_unknown", lambda: (ticket().past(), MergeTicket(ticket=NOBODY)), {"ticket": NOBODY}),
    ("link_unknown", lambda: (ticket(), LinkTicket(ticket=NOBODY)), {"ticket": NOBODY}),
    ("link_unknown", lambda: (desk(), child_of(NOBODY)), {"ticket": NOBODY}),
    ("link_to_itself", lambda: (ticket(), LinkTicket(ticket=part(ticket()))), {}),
    ("link_to_itself", lambda: (ticket().past(), LinkTicket(ticket=part(ticket()))), {}),
    ("link_to_itself", lambda: (ticket(), MergeTicket(ticket=part(ticket()))), {}),
    (
        "interaction_unknown",
        lambda: (desk().beside(old=older("old")), child_of(OLD, interaction=NOBODY)),
        {"interaction": NOBODY},
    ),
    ("interaction_unknown", lambda: (noted(), redaction("text", interaction=NOBODY)), {}),
    ("interaction_unknown", lambda: (noted(), redaction("picture")), {"interaction": FIRST}),
    ("already_redacted", lambda: (noted().when(redaction()), redaction("text")), {}),
    ("already_redacted", lambda: (noted().when(redaction("text")), redaction()), {}),
    (
        "time_before_opening",
        lambda: (ticket(), SetDue(due_at=NOON - minutes(1))),
        {"occurred_at": "2026-03-02T11:59:00.000000Z"},
    ),
    ("customer_unknown", lambda: (ticket(), ChangeCustomer(customer=NOBODY)), {}),
    (
        "customer_unknown",
        lambda: (ticket(), AddParticipant(role="cc", customer=NOBODY)),
        {"customer": NOBODY},
    ),
    (
        "agent_unknown",
        lambda: (ticket(), AddParticipant(role="follower", agent=NOBODY)),
        {"agent": NOBODY},
    ),
    (
        "too_many",
        lambda: (ticket().when(copies(0, 50), *map(copies, (50, 100, 150))), copies(200)),
        {"what": "participants", "limit": 200},
    ),
    ("not_permitted", lambda: (ticket(), ReturnTicket(agent=ANN)), {"needs": "system"}),
    ("ticket_closed", lambda: (followed(), SendReply(text="Hi")), {"followed_by": OLD}),
    ("blocked_by_ticket", lambda: (parent(), SolveTicket(resolution="fixed")), {"tickets": [OLD]}),
    ("not_permitted", lambda: (ticket(), mirror()), {"needs": "system"}),
    (
        "late_not_permitted",
        lambda: (
            ticket().after(10).when(AddNote(text="!")).beside(old=older("old")).recording_late(),
            MergeTicket(ticket=OLD, occurred_at=NOON + minutes(5)),
        ),
        {},
    ),
    (
        "clock_stopped",
        lambda: (stopped(reached(running(), 1)).by(AS_POLICY), escalate(1)),
        {"metric": "resolution", "instance": 1, "since": "2026-03-02T12:00:00.000000Z"},
    ),
    ("not_permitted", lambda: (reached(running(), 1), escalate(1)), {"needs": "policy"}),
    (
        "taken_by_other",
        lambda: (ticket().when(TakeTicket()).by(AS_BOB), TakeTicket()),
        {"agent": ANN},
    ),
    ("resolution_required", lambda: (ticket(), SolveTicket()), {}),
    ("reason_required", lambda: (ticket(), PendTicket()), {"status": "pending"}),
    ("reason_required", lambda: (ticket(), HoldTicket()), {"status": "on_hold"}),
    ("reason_required", lambda: (solved().by(AS_SERVICE), ReopenTicket()), {"status": "open"}),
    ("not_permitted", lambda: (ticket().by(AS_BOT), TakeTicket()), {"needs": "agent"}),
    ("agent_unknown", lambda: (ticket(), AssignTicket(agent=NOBODY)), {"agent": NOBODY}),
    ("agent_unknown", lambda: (ticket(), AddNote(text="!", mentions=(NOBODY,))), {"agent": NOBODY}),
    ("agent_unknown", lambda: (desk(), OpenTicket(channel="web", agent=NOBODY)), {"agent": NOBODY}),
    ("agent_unknown", lambda: (group("first-line"), AddMember(agent=NOBODY)), {"agent": NOBODY}),
    ("agent_unknown", lambda: (agent(ANN), RemoveAgent(successor=NOBODY)), {"agent": NOBODY}),
    (
        "agent_unknown",
        lambda: (customer(), SetAccountManager(account_manager=NOBODY)),
        {"agent": NOBODY},
    ),
    (
        "agent_left",
        lambda: (ticket().beside(bob=departed(BOB)), AssignTicket(agent=BOB)),
        {"agent": BOB, "successor": None},
    ),
    ("agent_left", lambda: (departed(BOB), ChangeRoles(roles=("admin",))), {"agent": BOB}),
    (
        "agent_not_in_group",
        lambda: (ticket(), AssignTicket(agent=ANN, group="second-line")),
        {"agent": ANN, "group": "second-line"},
    ),
    (
        "agent_not_in_group",
        lambda: (desk().when(OpenTicket(channel="web", group="second-line")), TakeTicket()),
        {"agent": ANN, "group": "second-line"},
    ),
    (
        "agent_not_in_group",
        lambda: (
            desk().when(OpenTicket(channel="web", group="second-line")),
            SolveTicket(resolution="fixed"),
        ),
        {"agent": ANN, "group": "second-line"},
    ),
    ("group_unknown", lambda: (ticket(), AssignTicket(group="nowhere")), {"group": "nowhere"}),
    ("group_unknown", lambda: (desk(), OpenTicket(channel="web", group="nowhere")), {}),
    ("group_unknown", lambda: (GROUP, FormGroup(names={"en": "A"}, parent="nowhere")), {}),
    (
        "group_closed",
        lambda: (ticket().beside(old=shut("old")), AssignTicket(group="old")),
        {"group": "old"},
    ),
    ("group_closed", lambda: (shut("old"), AddMember(agent=ANN)), {"group": "old"}),
    ("last_member", lambda: (group("first-line", ANN), RemoveMember(agent=ANN)), {"agent": ANN}),
    ("last_member", lambda: (group("first-line", ANN), CloseGroup()), {"group": "first-line"}),
    (
        "customer_unknown",
        lambda: (desk(), OpenTicket(channel="web", customer=NOBODY)),
        {"customer": NOBODY},
    ),
    ("customer_unknown", lambda: (customer(), SetOrganisation(organisation=NOBODY)), {}),
    (
        "customer_blocked",
        lambda: (blocked_ticket(), OpenTicket(channel="web", customer=CUSTOMER)),
        {"customer": CUSTOMER},
    ),
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
    ("time_in_future", lambda: (ticket(), AddNote(text="!", occurred_at=NOON + minutes(6))), {}),
    (
        "time_before_opening",
        lambda: (ticket(), AddNote(text="!", occurred_at=NOON - minutes(1))),
        {"opened_at": "2026-03-02T12:00:00.000000Z", "occurred_at": "2026-03-02T11:59:00.000000Z"},
    ),
    (
        "late_not_permitted",
        lambda: (
            ticket().after(10).when(AddNote(text="!")),
            TakeTicket(occurred_at=NOON + minutes(5)),
        ),
        {"latest_at": "2026-03-02T12:10:00.000000Z"},
    ),
    ("stream_exists", lambda: (ticket(), OPEN), {}),
    ("stream_exists", lambda: (customer(), RegisterCustomer()), {"stream": f"customer/{CUSTOMER}"}),
    ("stream_exists", lambda: (group("a"), FormGroup(names={"en": "A"})), {"stream": "group/a"}),
    ("stream_unknown", lambda: (desk(), TakeTicket()), {}),
    ("stream_unknown", lambda: (GROUP, AddMember(agent=ANN)), {"stream": "group/first-line"}),
    ("stream_unknown", lambda: (IDENTITY, ReleaseIdentity(customer=CUSTOMER)), {}),
    ("stream_unknown", lambda: (Story(stream=f"agent/{ANN}"), RemoveAgent()), {}),
    ("stream_unknown", lambda: (Story(stream=f"customer/{ANN}"), BlockCustomer()), {}),
    ("stream_unknown", lambda: (customer(), add_address()), {"stream": f"identity/{ADDRESS}"}),
    (
        "too_many",
        lambda: (ticket().when(TagTicket(add=numbered(100))), TagTicket(add=("more",))),
        {"what": "tags", "limit": 100},
    ),
    (
        "too_many",
        lambda: (
            ticket().when(SetFields(fields=dict.fromkeys(numbered(200), 1))),
            SetFields(fields={"more": 1}),
        ),
        {"what": "fields", "limit": 200},
    ),
    (
        "too_many",
        lambda: (ticket().when(links(0, 100)), links(100, 1)),
        {"what": "references", "limit": 100},
    ),
    (
        "agent_unknown",
        lambda: (ticket(), Together(parts=(TakeTicket(), AssignTicket(agent=NOBODY)))),
        {"index": 1, "agent": NOBODY},
    ),
    *REFUSED_PEOPLE,
    *configured.REFUSED,
]

# Of the closed list of refusals, those that belong to what does not exist yet.
LATER = {
    **dict.fromkeys(("step_not_allowed", "step_not_final"), "workflows"),
    **dict.fromkeys(
        ("approval_pending", "approval_not_open", "not_an_approver"), "approvals in workflows"
    ),
    **dict.fromkeys(("agent_at_capacity", "agent_unavailable", "skill_missing"), "routing"),
    **dict.fromkeys(("customer_erased", "consent_missing"), "erasure and consent"),
    **dict.fromkeys(("survey_not_open", "score_out_of_range"), "surveys"),
}
CATALOGUE = {
    *("ticket_closed", "ticket_solved", "not_solved", "ticket_merged", "step_not_allowed"),
    *("step_not_final", "blocked_by_ticket", "approval_pending", "approval_not_open"),
    *("not_an_approver", "clock_stopped", "taken_by_other"),
    *("field_missing", "field_unknown", "field_invalid", "code_unknown", "resolution_required"),
    *("reason_required", "too_long", "too_many", "version_withdrawn"),
    *("agent_unknown", "agent_left", "agent_not_in_group", "group_unknown", "group_closed"),
    *("last_member", "agent_at_capacity", "agent_unavailable", "skill_missing"),
    *("customer_unknown", "customer_merged", "customer_erased", "customer_blocked"),
    *("identity_taken", "identity_unverified", "consent_missing"),
    *("link_to_itself", "link_unknown", "already_merged", "interaction_unknown"),
    *("already_redacted", "survey_not_open", "score_out_of_range"),
    *("time_before_opening", "time_in_future", "late_not_permitted", "not_permitted"),
    *("key_reused", "stream_unknown", "stream_exists"),
}
"""Every refusal that the desk may give; those of publishing configuration stand beside it."""
OF_CONFIGURATION = {"version_unknown", "version_changed", "last_version", "due_not_found"}
# These two are given by whoever appends the commit, not by a decision.
GIVEN_ELSEWHERE = {"key_reused", "too_long"}


@pytest.mark.parametrize(
    ("code", "reached", "facts"),
    [pytest.param(*row, id=f"{number}-{row[0]}") for number, row in enumerate(REFUSED)],
)
def test_a_command_against_the_rules_is_refused_with_its_code_and_facts(
    code: str, reached: Reached, facts: dict[str, Any]
) -> None:
    story, command = reached()
    told = story.then_refused(command, code, **facts)
    assert json.loads(json.dumps(told)) == told
    for language in ("en", "zh-Hans-CN"):
        assert "?" not in sentence(code, told, language)


def test_every_code_with_a_sentence_is_reached() -> None:
    assert {code for code, _, _ in REFUSED} | GIVEN_ELSEWHERE == set(SENTENCES)


def test_every_code_of_the_catalogue_is_given_or_belongs_to_what_comes_later() -> None:
    assert set(SENTENCES) - OF_CONFIGURATION == CATALOGUE - LATER.keys()
    assert LATER.keys() <= CATALOGUE


def test_every_code_has_a_sentence_in_each_language() -> None:
    assert {frozenset(spoken) for spoken in SENTENCES.values()} == {frozenset({"en", "zh"})}


def test_a_refusal_of_a_part_says_which_part() -> None:
    assert sentence("agent_unknown", {"index": 1, "agent": "x"}).startswith("Part 2: ")
    assert sentence("agent_unknown", {"index": 1, "agent": "x"}, "zh").startswith("第 2 项：")


def test_a_refusal_of_newer_software_is_told_by_its_code() -> None:
    assert "score_out_of_range" in sentence("score_out_of_range", {})
    assert "score_out_of_range" in sentence("score_out_of_range", {}, "zh-CN")


def test_a_fact_that_is_missing_leaves_the_sentence_readable() -> None:
    assert sentence("group_closed", {}) == "Group ? is closed; name another group."


def test_a_refusal_prints_its_code_and_facts() -> None:
    assert str(CommandRefused("agent_left", {"agent": "x"})) == "agent_left (agent=x)"
    assert str(CommandRefused("resolution_required")) == "resolution_required"


def test_nothing_is_guarded_when_the_past_is_imported() -> None:
    story = (
        ticket()
        .past()
        .when(
            AssignTicket(group="nowhere", agent=NOBODY),
            SolveTicket(),
            CloseTicket(),
            SendReply(text="Hi"),
            HoldTicket(),
        )
    )
    assert story.state.party.present == Party(group="nowhere", agent=NOBODY)
    changed = [type(event).__name__ for event in story.events[1:]]
    assert changed == [
        "TicketAssigned",
        "TicketSolved",
        "TicketClosed",
        "ReplySent",
        "TicketReopened",
        "TicketPaused",
    ]
    assert story.state.status.present == "on_hold"


def test_an_import_cannot_go_before_the_opening_either() -> None:
    story = ticket().past()
    story.then_refused(CloseTicket(occurred_at=NOON - minutes(1)), "time_before_opening")


def test_a_customer_who_is_blocked_may_still_be_called() -> None:
    outbound = OpenTicket(channel="phone", direction="out", customer=CUSTOMER)
    assert blocked_ticket().by(AS_ANN).decide(outbound)


def test_what_a_blocked_customer_says_is_recorded_by_an_agent_who_wants_to() -> None:
    blocked = blocked_ticket().when(OPEN)
    letter = ReceiveMessage(text="Sorry")
    agents = replace(blocked.by(AS_ANN), on_behalf_of=AS_CUSTOMER)
    for story in (agents, blocked.by(AS_CUSTOMER).past()):
        assert story.decide(letter)[0].type == "CustomerMessageReceived"
    for story in (blocked.by(AS_CUSTOMER), replace(agents, actor=AS_SERVICE)):
        story.then_refused(letter, "customer_blocked", customer=CUSTOMER)


def test_a_customer_may_be_told_apart_from_an_agent_in_reopening() -> None:
    by_agent = solved().decide(ReopenTicket())
    by_customer = solved().by(AS_CUSTOMER).decide(ReopenTicket())
    assert [event.reason for event in (*by_agent, *by_customer)] == ["agent", "rejected"]
