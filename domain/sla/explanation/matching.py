"""Which policy applies to a ticket, and why none of those before it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deskledger.domain.sla.explanation.lines import PASSED_MAX, Match, Passed
from deskledger.domain.sla.policy import Policy
from deskledger.domain.sla.terms import Rules


def matched(rules: Rules, attributes: Mapping[str, Any], publication: int | None) -> Match:
    """The policy that matches a ticket with these attributes.

    Args:
        rules: that the ticket is served by.
        attributes: priority, type, channel, group, tier and tags.
        publication: index in the history of what published the rules.
    """
    terms = rules.terms_for(attributes)
    passed: list[Passed] = []
    count = 0
    for policy, unmet in rules.tried(attributes):
        if unmet is None:
            met = {key: _actual(attributes, key) for key, stated in policy.when if stated}
            return Match(policy, publication, met, tuple(passed), count, terms)
        count += 1
        if count <= PASSED_MAX:
            passed.append(_passed(policy, unmet, attributes))
    return Match(None, publication, {}, tuple(passed), count, terms)


def _passed(policy: Policy, key: str, attributes: Mapping[str, Any]) -> Passed:
    accepted = getattr(policy.when, key)
    return Passed(policy.name, key, tuple(accepted), _actual(attributes, key))


def _actual(attributes: Mapping[str, Any], key: str) -> tuple[str, ...]:
    if key == "tag":
        return tuple(sorted(attributes["tags"]))
    value = attributes.get(key)
    return () if value is None else (value,)
