"""Names of the desk's figures by what they are, and of the dimensions that tell tickets apart."""

from typing import Literal

Dimension = Literal[
    "type",
    "channel",
    "inbox",
    "tier",
    "priority",
    "stage",
    "direction",
    "group",
    "agent",
    "workflow",
    "variant",
    "metric",
    "policy",
]

OF_CLOCKS: frozenset[Dimension] = frozenset({"metric", "policy"})
"""Dimensions that only clocks of service levels have; by them nothing else is counted."""

COUNTS = ("opened", "reopened", "settled", "discarded", "hand_over")
"""How many times something happened."""

LEVELS = ("backlog", "awaiting_first_response", "stuck")
"""How many tickets stood in some way at a period's end."""

RATES = (
    "automation_share",
    "first_contact_resolution",
    "reopen_rate",
    "repeat_rate",
    "wrong_assignment",
    "never_assigned",
    "sla_attainment",
)
"""The share of the values that are a yes."""

ELAPSED_TIMES = (
    "first_response_time",
    "resolution_time",
    "net_resolution_time",
    "handling_time",
    "time_to_assignment",
    "time_to_response",
    "time_to_solution",
    "time_new",
    "time_open",
    "time_pending",
    "time_on_hold",
)
"""How long something took, in microseconds."""

BUSINESS_TIMES = tuple(f"business_{name}" for name in ELAPSED_TIMES)
"""How much of each was business time, by the desk's own calendar, in microseconds."""

TIMES = (*ELAPSED_TIMES, *BUSINESS_TIMES)
"""All of them; those in business time only where the desk has a calendar."""

AGENT_COUNTS = (
    "replies",
    "notes",
    "calls",
    "takes",
    "assignments",
    "credited_settles",
    "credited_reopenings",
)
"""How many times an agent did something."""

AGENT_TIMES = ("handling_share", "talk_time", "available_time")
"""How long an agent was at something, in microseconds."""

PER_AGENT = ("tickets_per_agent",)
"""Sum of the values divided by the number of agents."""

FIGURES = (*COUNTS, *LEVELS, *RATES, *TIMES, *AGENT_COUNTS, *AGENT_TIMES, *PER_AGENT)
"""All of them, in the order in which people read them."""
