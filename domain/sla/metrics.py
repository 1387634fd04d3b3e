"""Which metrics start and stop with what."""

OPENING_METRICS = ("first_response", "time_to_own", "resolution", "requester_wait", "agent_work")
"""Metrics that start with the ticket."""

SOLVE_METRICS = frozenset({"resolution", "requester_wait", "agent_work", "group_ownership"})
"""Metrics that a solve fulfils."""

COUNTED = frozenset({"public_message", "call"})
"""Kinds of contact that are a response where no target says which are."""
