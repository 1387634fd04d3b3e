"""Every refusal code of the domain: reached by a command, and told in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from deskledger.domain.errors import CommandRefused
from deskledger.domain.refusals import SENTENCES, sentence
from tests.domain.refused_configuration import REFUSED_CONFIGURATION
from tests.domain.refused_parties import REFUSED_PARTIES
from tests.domain.refused_people import REFUSED_PEOPLE
from tests.domain.refused_tickets import REFUSED_TICKETS
from tests.domain.refused_ties import REFUSED_TIES
from tests.domain.stories import Story

REFUSED = [
    *REFUSED_TICKETS,
    *REFUSED_TIES,
    *REFUSED_PARTIES,
    *REFUSED_PEOPLE,
    *REFUSED_CONFIGURATION,
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
OF_CONFIGURATION = {
    *("version_unknown", "version_changed", "last_version", "calendar_missing", "due_not_found"),
}
# These two are given by whoever appends the commit, not by a decision.
GIVEN_ELSEWHERE = {"key_reused", "too_long"}


@pytest.mark.parametrize(
    ("code", "reached", "facts"),
    [pytest.param(*row, id=f"{number}-{row[0]}") for number, row in enumerate(REFUSED)],
)
def test_a_command_against_the_rules_is_refused_with_its_code_and_facts(
    code: str, reached: Callable[[], tuple[Story, Any]], facts: dict[str, Any]
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
