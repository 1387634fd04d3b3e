"""What is refused of a ticket by itself: its status, its party, its times and sizes."""

from __future__ import annotations

from deskledger.domain.fields import SetFields
from deskledger.domain.references import LinkReference, Reference
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
from deskledger.domain.ticket.contact_commands import AddNote, SendReply
from deskledger.domain.ticket.together import Together
from tests.domain.marks import AS_POLICY, escalate, reached, running, stopped
from tests.domain.refused_situations import (
    NOBODY,
    OPEN,
    Row,
    blocked_ticket,
    closed,
    departed,
    shut,
    solved,
    ticket,
)
from tests.domain.stories import ANN, AS_BOB, AS_BOT, AS_SERVICE, BOB, CUSTOMER, NOON, desk, minutes


def numbered(count: int) -> tuple[str, ...]:
    return tuple(f"tag{number}" for number in range(count))


def links(first: int, count: int) -> LinkReference:
    numbers = range(first, first + count)
    references = (Reference(system="shop", kind="order", id=str(number)) for number in numbers)
    return LinkReference(references=tuple(references))


REFUSED_TICKETS: list[Row] = [
    (
        "clock_stopped",
        lambda: (stopped(reached(running(), 1)).by(AS_POLICY), escalate(1)),
        {"metric": "resolution", "instance": 1, "since": "2026-03-02T12:00:00.000000Z"},
    ),
    ("not_permitted", lambda: (reached(running(), 1), escalate(1)), {"needs": "policy"}),
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
    (
        "agent_left",
        lambda: (ticket().beside(bob=departed(BOB)), AssignTicket(agent=BOB)),
        {"agent": BOB, "successor": None},
    ),
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
    (
        "group_closed",
        lambda: (ticket().beside(old=shut("old")), AssignTicket(group="old")),
        {"group": "old"},
    ),
    (
        "customer_unknown",
        lambda: (desk(), OpenTicket(channel="web", customer=NOBODY)),
        {"customer": NOBODY},
    ),
    (
        "customer_blocked",
        lambda: (blocked_ticket(), OpenTicket(channel="web", customer=CUSTOMER)),
        {"customer": CUSTOMER},
    ),
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
    ("stream_unknown", lambda: (desk(), TakeTicket()), {}),
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
]
