"""Policies as people write them: for which tickets they are, and what they promise."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, StrictBool

from deskledger.domain.shapes import Frozen
from deskledger.domain.sla.calendar_document import Name
from deskledger.domain.sla.durations import Duration, Stated
from deskledger.domain.sla.faults import Fault, at_most, named, path_of, unknown, wrong
from deskledger.domain.sla.marks import Mark, Priority, mark_faults

TARGETS_MAX = 20
MARKS_MAX = 100
NAMES_MAX = 1_000

Metric = Literal[
    "first_response",
    "next_response",
    "periodic_update",
    "time_to_own",
    "group_ownership",
    "resolution",
    "requester_wait",
    "agent_work",
]
StatusName = Literal["new", "open", "pending", "on_hold", "solved", "closed"]
Contact = Literal["public_message", "internal_note", "call", "pending", "solve"]

RESPONSES: frozenset[str] = frozenset({"first_response", "next_response", "periodic_update"})
"""Metrics that a counted contact of an agent fulfils."""

PAUSES: dict[str, tuple[StatusName, ...]] = {
    "requester_wait": ("pending",),
    "agent_work": ("pending", "on_hold"),
}
"""In which statuses a metric pauses where its target does not say."""

OPTIONS_FOR: dict[str, frozenset[str]] = {
    "counts": RESPONSES,
    "starts": frozenset({"next_response"}),
    "on_solve": RESPONSES | {"time_to_own"},
    "opening_counts": frozenset({"first_response"}),
}
"""Options that mean something for some metrics only."""


def _lasting(within: Duration) -> Duration:
    if (within.days or within.micros) <= 0:
        raise wrong("duration_positive")
    return within


class Target(Frozen):
    """What is promised for one metric; docs/service-levels.md says what each option means."""

    metric: Metric
    within: Annotated[Stated, AfterValidator(_lasting)]
    snap: Literal["end_of_day"] | None = None
    calendar: Name | None = None
    pauses_in: Annotated[tuple[StatusName, ...], at_most(MARKS_MAX)] | None = None
    counts: Annotated[tuple[Contact, ...], at_most(MARKS_MAX)] = ("public_message", "call")
    starts: Literal["after_first_response", "with_ticket"] = "after_first_response"
    on_solve: Literal["end", "keep"] = "end"
    on_reopen: Literal["resume", "include", "new_instance", "never"] = "resume"
    on_change: Literal["recompute", "carry"] = "recompute"
    opening_counts: StrictBool = False
    marks: Annotated[tuple[Mark, ...], at_most(MARKS_MAX)] = ()

    @property
    def paused_in(self) -> tuple[StatusName, ...]:
        """Statuses in which the clock stands still, with the metric's default."""
        return PAUSES.get(self.metric, ()) if self.pauses_in is None else self.pauses_in


Names = Annotated[tuple[Name, ...], at_most(NAMES_MAX)]


class When(Frozen):
    """For which tickets a policy is: every stated key must hold one of its values."""

    priority: Annotated[tuple[Priority, ...], at_most(NAMES_MAX)] | None = None
    type: Names | None = None
    channel: Names | None = None
    group: Names | None = None
    tier: Names | None = None
    tag: Names | None = None


class Policy(Frozen):
    """What a desk promises to some of its tickets; the first that matches applies."""

    name: Name
    when: When = When()
    calendar: Name
    targets: Annotated[tuple[Target, ...], at_most(TARGETS_MAX)]


def used_calendars(policies: Collection[Policy]) -> set[str]:
    """Names of the calendars that policies and their targets use."""
    used = {policy.calendar for policy in policies}
    return used | {one.calendar for policy in policies for one in policy.targets if one.calendar}


def policies_faults(
    policies: Iterable[Policy], calendars: Iterable[str], *place: str | int
) -> list[Fault]:
    """What is wrong with policies, and with the names of calendars in them."""
    return named(_policies_faults(policies, frozenset(calendars), *place))


def _policies_faults(
    policies: Iterable[Policy], known: frozenset[str], *place: str | int
) -> Iterator[Fault]:
    for index, policy in enumerate(policies):
        where = (*place, index)
        yield from _policy_faults(policy, *where)
        stated = [(policy.calendar, (*where, "calendar"))]
        for number, target in enumerate(policy.targets):
            if target.calendar is not None:
                stated.append((target.calendar, (*where, "targets", number, "calendar")))
        for name, path in stated:
            if name not in known:
                yield unknown(path_of(*path), "calendar_unknown", name, known)


def _policy_faults(policy: Policy, *place: str | int) -> list[Fault]:
    """What is wrong with a policy although each of its values is valid by itself."""
    faults, seen = [], set()
    for index, target in enumerate(policy.targets):
        where = (*place, "targets", index)
        faults += _target_faults(target, *where)
        if target.metric in seen:
            facts = {"metric": target.metric}
            faults.append(Fault(path_of(*where, "metric"), "metric_twice", facts))
        seen.add(target.metric)
    return faults


def _target_faults(target: Target, *place: str | int) -> list[Fault]:
    faults = [
        Fault(path_of(*place, option), "option_foreign", {"metrics": ", ".join(sorted(metrics))})
        for option, metrics in OPTIONS_FOR.items()
        if option in target.model_fields_set and target.metric not in metrics
    ]
    if target.within.days is not None and target.on_change == "carry":
        faults.append(Fault(path_of(*place, "on_change"), "carry_days", {}))
    if target.within.days is None and target.snap is not None:
        faults.append(Fault(path_of(*place, "snap"), "snap_time", {}))
    return faults + mark_faults(target.marks, *place, "marks")
