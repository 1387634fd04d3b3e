"""What each figure counts and what it leaves out, by examples."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.figures.told import (
    ANN,
    AS_ANN,
    AS_BOT,
    AS_CUSTOMER,
    AS_SYSTEM,
    BOB,
    DAY,
    FIRST,
    MINUTE,
    NOBODY,
    Told,
    available,
    counted,
    event,
    given,
    opened,
    rate,
    replied,
    status,
    tell,
    told,
)

SOLVED_AT_30: Sequence[Told] = [
    (AS_ANN, [opened(), replied(10)]),
    (AS_ANN, [given(20, NOBODY, (None, ANN)), status("TicketActivated", 20, "new", "open")]),
    (AS_ANN, [status("TicketSolved", 30, "open", "solved", solver=ANN)]),
]


def reopened(at: float, reason: str, before: str = "solved") -> Told:
    return AS_CUSTOMER, [status("TicketReopened", at, before, "open", reason=reason)]


def closed(at: float, reason: str, before: str = "new") -> Told:
    return AS_ANN, [status("TicketClosed", at, before, "closed", reason=reason)]


def test_steps_are_cut_at_the_assignment_and_at_the_first_contact(tmp_path: Path) -> None:
    with told(tmp_path, SOLVED_AT_30) as found:
        steps = [found[f"time_to_{step}"].sum for step in ("assignment", "response", "solution")]
        # The reply came before anybody was assigned, so that no time is left for the response.
        assert steps == [20 * MINUTE, 0, 10 * MINUTE]
        assert found["first_response_time"].sum == 10 * MINUTE
        assert found["resolution_time"].sum == 30 * MINUTE
        assert found["handling_time"].sum == 10 * MINUTE
        assert rate(found["never_assigned"]) == (0, 1, False)


def test_a_pause_counts_in_the_resolution_time_but_not_in_the_net_one(tmp_path: Path) -> None:
    paused = [
        (AS_ANN, [opened(), status("TicketPaused", 5, "new", "pending")]),
        (AS_ANN, [status("TicketActivated", 15, "pending", "open")]),
        (AS_ANN, [status("TicketSolved", 30, "open", "solved")]),
    ]
    with told(tmp_path, paused) as found:
        assert found["resolution_time"].sum == 30 * MINUTE
        assert found["net_resolution_time"].sum == 20 * MINUTE
        assert found["time_pending"].sum == 10 * MINUTE
        assert rate(found["never_assigned"]) == (1, 1, False)


def test_a_second_settle_adds_a_second_resolution_time_without_what_was_settled_between(
    tmp_path: Path,
) -> None:
    again = [*SOLVED_AT_30, reopened(100, "rejected")]
    again.append((AS_ANN, [status("TicketSolved", 110, "open", "solved", solver=ANN)]))
    with told(tmp_path, again) as found:
        assert (found["settled"].n, found["reopened"].n) == (2, 1)
        assert found["resolution_time"].sum == (30 + 40) * MINUTE
        assert rate(found["reopen_rate"]) == (1, 2, False)
        assert rate(found["first_contact_resolution"]) == (0, 1, False)
        assert (found["credited_settles"].n, found["credited_reopenings"].n) == (2, 1)


@pytest.mark.parametrize(
    ("after", "reason", "counts"),
    [(7 * DAY, "rejected", 1), (7 * DAY + 1, "rejected", 0), (60, "mistake", 0)],
)
def test_only_a_reopening_within_seven_days_that_was_no_mistake_counts(
    tmp_path: Path, after: float, reason: str, counts: int
) -> None:
    with told(tmp_path, [*SOLVED_AT_30, reopened(30 + after, reason)]) as found:
        assert rate(found["reopen_rate"]) == (counts, 1, False)
        assert rate(found["first_contact_resolution"]) == (1 - counts, 1, False)


def test_a_follow_up_within_seven_days_counts_like_a_reopening(tmp_path: Path) -> None:
    origin = {"relation": "follow_up_of", "ticket": FIRST, "interaction": None}
    later = [(AS_CUSTOMER, [opened(60, origin=origin, type_code="other")])]
    with told(tmp_path, SOLVED_AT_30, later) as found:
        assert rate(found["reopen_rate"]) == (1, 1, False)
        assert rate(found["repeat_rate"]) == (0, 1, False)


@pytest.mark.parametrize(
    ("after", "stated", "counts"),
    [
        (30 * DAY, {}, 1),
        (30 * DAY + 1, {}, 0),
        (60, {"type_code": "other"}, 0),
        (60, {"customer": "li"}, 0),
        (60, {"kind": "task"}, 0),
        (-20, {}, 0),
    ],
)
def test_a_repeat_is_another_request_of_the_customer_and_type_within_thirty_days(
    tmp_path: Path, after: float, stated: dict[str, Any], counts: int
) -> None:
    other = [(AS_CUSTOMER, [opened(30 + after, **stated)])]
    with told(tmp_path, SOLVED_AT_30, other) as found:
        assert rate(found["repeat_rate"]) == (counts, 1, False)


def test_rates_are_provisional_until_their_days_are_over(tmp_path: Path) -> None:
    with told(tmp_path, SOLVED_AT_30, known_at=datetime(2026, 3, 9, 12, tzinfo=UTC)) as found:
        assert found["reopen_rate"].provisional
        assert found["first_contact_resolution"].provisional
        assert found["repeat_rate"].provisional
        assert not found["settled"].provisional


@pytest.mark.parametrize("reason", ["spam", "duplicate", "test"])
def test_a_discard_is_no_settle_and_has_no_times(tmp_path: Path, reason: str) -> None:
    with told(tmp_path, [(AS_ANN, [opened()]), closed(5, reason)]) as found:
        assert found["opened"].n == found["discarded"].n == 1
        assert not {"settled", "resolution_time", "reopen_rate", "credited_settles"} & set(found)
        assert "backlog" not in found


def test_a_merge_discards_an_unsettled_ticket(tmp_path: Path) -> None:
    status_change = {"before": "new", "after": "closed", "since": None}
    merged = event("Merged", 5, into=FIRST, status=status_change)
    with told(tmp_path, SOLVED_AT_30, [(AS_ANN, [opened()]), (AS_ANN, [merged])]) as found:
        assert (found["opened"].n, found["settled"].n, found["discarded"].n) == (2, 1, 1)


def test_closing_what_was_solved_settles_nothing_again(tmp_path: Path) -> None:
    with told(tmp_path, [*SOLVED_AT_30, closed(90, "spam", "solved")]) as found:
        assert found["settled"].n == 1
        assert "discarded" not in found


@pytest.mark.parametrize(
    ("actor", "reason", "counts"),
    [
        (AS_CUSTOMER, "withdrawn", 1),
        (AS_BOT, "withdrawn", 1),
        (AS_SYSTEM, "timeout", 1),
        (AS_ANN, "withdrawn", 0),
        (AS_SYSTEM, "withdrawn", 0),
    ],
)
def test_only_a_customer_or_machine_settles_automatically(
    tmp_path: Path, actor: dict[str, Any], reason: str, counts: int
) -> None:
    end = actor, [status("TicketClosed", 5, "new", "closed", reason=reason)]
    with told(tmp_path, [(AS_CUSTOMER, [opened()]), end]) as found:
        assert rate(found["automation_share"]) == (counts, 1, False)
        assert ("first_contact_resolution" in found) == (not counts)


def test_an_agents_contact_makes_a_settle_a_persons(tmp_path: Path) -> None:
    end = AS_BOT, [status("TicketSolved", 20, "new", "solved")]
    with told(tmp_path, [(AS_CUSTOMER, [opened()]), (AS_ANN, [replied(10)]), end]) as found:
        assert rate(found["automation_share"]) == (0, 1, False)


def test_a_ticket_waits_for_its_first_response_only_while_it_is_unsettled(tmp_path: Path) -> None:
    waiting = [(AS_CUSTOMER, [opened()])]
    outbound = [(AS_ANN, [opened(direction="out")])]
    withdrawn = [(AS_CUSTOMER, [opened()]), closed(5, "withdrawn")]
    with told(tmp_path, waiting, outbound, withdrawn, SOLVED_AT_30) as found:
        assert (found["backlog"].n, found["awaiting_first_response"].n) == (2, 1)


def test_nothing_but_requests_is_counted(tmp_path: Path) -> None:
    with told(tmp_path, [(AS_ANN, [opened(kind="task"), replied(3)])]) as found:
        assert found == {}


def test_who_was_available_for_an_hour_shares_the_settles(tmp_path: Path) -> None:
    there = {
        f"availability/{BOB}/2026-03": [
            available(0, "offline", "available"),
            available(60, "available", "offline"),
        ],
        "availability/cyd/2026-03": [
            available(0, "offline", "available"),
            available(59, "available", "offline"),
        ],
    }
    with tell(tmp_path, SOLVED_AT_30, others=there) as store:
        found = counted(store)
    assert (found["tickets_per_agent"].sum, found["tickets_per_agent"].n) == (1, 2)
    assert (found["available_time"].n, found["available_time"].sum) == (2, 119 * MINUTE)
