"""Tiers, tags and channels that people's commands state are those of the desk's configuration."""

from __future__ import annotations

from typing import Any

import pytest

from deskledger.domain.agent.commands import AddAgent, ChangeLimits
from deskledger.domain.availability.commands import SetAvailability
from deskledger.domain.commands import Command
from deskledger.domain.customer.commands import RegisterCustomer, SetTier
from deskledger.domain.refusals import sentence
from deskledger.domain.tags import TagCustomer
from tests.domain.configured import CODES, published
from tests.domain.customers import OLD, registered
from tests.domain.stories import ANN, NOON, Story, agent

MARCH = f"availability/{ANN}/2026-03"
TIER = {"what": "tier", "value": "vpi", "nearest": "vip"}
CHANNEL = {"what": "channel", "value": "emial", "nearest": "email"}
CASES: dict[str, tuple[Story, Command, Command, dict[str, Any]]] = {
    "register": (
        Story(stream=f"customer/{OLD}"),
        RegisterCustomer(tier="vpi"),
        RegisterCustomer(tier="vip"),
        TIER,
    ),
    "tier": (registered(OLD, 0), SetTier(tier="vpi"), SetTier(tier="vip"), TIER),
    "tag": (
        registered(OLD, 0),
        TagCustomer(add=("heard", "legl")),
        TagCustomer(add=("heard", "legal")),
        {"what": "tag", "value": "legl", "nearest": "legal"},
    ),
    "join": (
        Story(stream=f"agent/{ANN}"),
        AddAgent(limits={"all": 20, "emial": 5}),
        AddAgent(limits={"all": 20, "email": 5}),
        CHANNEL,
    ),
    "limits": (
        agent(ANN),
        ChangeLimits(limits={"emial": 5}),
        ChangeLimits(limits={"all": 9, "phone": 1}),
        CHANNEL,
    ),
    "availability": (
        Story(stream=MARCH, now=NOON).beside(ann=agent(ANN)),
        SetAvailability(availability="busy", channels=("emial",)),
        SetAvailability(availability="busy", channels=("email",)),
        CHANNEL,
    ),
}


@pytest.mark.parametrize(("story", "wrong", "right", "facts"), CASES.values(), ids=CASES.keys())
def test_a_code_that_the_desk_does_not_have_is_refused_with_the_nearest(
    story: Story, wrong: Command, right: Command, facts: dict[str, Any]
) -> None:
    configured = story.beside(desk=published("desk", CODES))
    told = configured.then_refused(wrong, "code_unknown", **facts)
    assert "?" not in sentence("code_unknown", told)
    assert configured.decide(right)
    # Without a list, and in an import, any code of the right form is one.
    assert story.decide(wrong)
    assert configured.past().decide(wrong)


def test_what_changes_nothing_is_answered_so_whatever_the_desk_lists() -> None:
    vip = registered(OLD, 0).when(SetTier(tier="vpi"))
    vip.beside(desk=published("desk", CODES)).then_nothing(SetTier(tier="vpi"))
