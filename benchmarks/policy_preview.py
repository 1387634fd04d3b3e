"""What a dry run of a publication costs: every open ticket read, and its clocks under both rules.

Processor time, beside merely reading the same tickets; and how much memory it takes at most.
"""

import sys
from collections import Counter

from commanded import executed
from measuring import spent
from report import peak_mebibytes, print_machine, print_table, scratch

from deskledger.app.desk import Desk, NewDesk
from deskledger.app.policy_preview import open_tickets, planned_policies
from deskledger.app.service_policy import NAME, next_document
from deskledger.domain.commands import Command
from deskledger.domain.configuration.commands import Publish
from deskledger.domain.shapes import Actor
from deskledger.domain.sla.policy_file import PolicyFile
from deskledger.domain.ticket.commands import OpenTicket, PendTicket, TakeTicket
from deskledger.domain.ticket.contact_commands import SendReply
from deskledger.eventlog.writing.requests import Request

TICKETS = 10_000
OFFICE = {
    "zone": "Asia/Shanghai",
    "weekly": {d: ["09:00-12:00", "13:00-18:00"] for d in ("mon", "tue", "wed", "thu", "fri")},
    "public_holidays": "CN",
}


def main() -> None:
    """Measure and print."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else TICKETS
    print_machine()
    with scratch() as place, Desk.create(place / "desk", NewDesk(zone="UTC")) as desk:
        _publish(desk, _levels("PT4H", "P2D"))
        _fill(desk, tickets)
        read = spent(lambda: _read(desk))
        memory = peak_mebibytes()
        effects: Counter[str] = Counter()
        tried = spent(lambda: effects.update(_tried(desk)))
        print_table(
            f"A dry run over {tickets:,} open tickets of four commands each",
            ("step", "CPU, s", "µs a ticket"),
            [
                ("read the tickets", f"{read:.1f}", f"{1e6 * read / tickets:.0f}"),
                ("the dry run", f"{tried:.1f}", f"{1e6 * tried / tickets:.0f}"),
            ],
        )
        print_table(
            "What it says",
            ("effect", "clocks"),
            [*sorted(effects.items()), ("more MiB than reading", peak_mebibytes() - memory)],
        )


def _levels(first: str, resolution: str) -> PolicyFile:
    targets = [
        {"metric": "first_response", "within": first},
        {"metric": "next_response", "within": first},
        {"metric": "resolution", "within": resolution, "pauses_in": ["pending"]},
    ]
    policy = {"name": "all", "calendar": "office", "targets": targets}
    return PolicyFile.model_validate({"calendars": {"office": OFFICE}, "policies": [policy]})


def _publish(desk: Desk, file: PolicyFile) -> None:
    command = Publish(document=next_document(file, None, "open"))
    request = Request(Actor(kind="system", id="benchmark"), "http", "benchmark")
    assert desk.writer.execute(NAME, command, request).outcome == "done"


def _fill(desk: Desk, tickets: int) -> None:
    openings: list[tuple[str | None, Command]] = [
        (None, OpenTicket(channel="email", group=None)) for _ in range(tickets)
    ]
    agent = Actor(kind="agent", id=desk.first_agent())
    streams = executed(desk, agent, openings)
    for command in (TakeTicket(), SendReply(text="Hello"), PendTicket(reason="waiting")):
        executed(desk, agent, [(stream, command) for stream in streams])


def _read(desk: Desk) -> None:
    for _, stream in desk.ledger.streams("ticket", 0, sys.maxsize):
        desk.writer.streams.read(stream)


def _tried(desk: Desk) -> Counter[str]:
    present = desk.writer.streams.load(NAME).state
    document = next_document(_levels("PT2H", "P3D"), present.latest.document, "open")
    now = desk.clock()
    planned = planned_policies(present, document, now)
    found = open_tickets(desk, planned, now)
    return Counter(change.effect for one in found for change in one.changes)


if __name__ == "__main__":
    main()
