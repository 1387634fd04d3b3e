"""What the linker costs: ties told to the other side, and the tickets of an agent who leaves.

Processor time of one thread, beside what the users' own commands cost in the same run.
"""

from commanded import executed
from measuring import spent
from report import print_machine, print_table, scratch

from deskledger.app.desk import Desk, NewDesk
from deskledger.app.node.processes import PROCESSES, desk_view
from deskledger.consumers.processes.lease import FileLease
from deskledger.consumers.processes.runner import Parts, Runner
from deskledger.domain.agent.commands import AddAgent, RemoveAgent
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.relation_commands import LinkTicket

TICKETS = 2_000
LEAVING = "leaving"
SERVICE = Actor(kind="service", id="benchmark")


def main() -> None:
    """Measure and print."""
    print_machine()
    with (
        scratch() as place,
        Desk.create(place / "desk", NewDesk(zone="UTC")) as desk,
        FileLease(place, "linker", range(desk.ledger.lanes)) as lease,
    ):
        runner = Runner(
            PROCESSES["linker"](desk), Parts(desk.ledger, desk.writer, desk.clock, lease)
        )
        print_table(
            f"CPU of {TICKETS:,} tickets, half of them of one agent",
            ("step", "µs each", "in all, s"),
            [(name, 1e6 * cost / count, cost) for name, count, cost in _steps(desk, runner)],
        )


def _steps(desk: Desk, runner: Runner) -> list[tuple[str, int, float]]:
    agent = desk.first_agent()
    executed(desk, SERVICE, [(f"agent/{LEAVING}", AddAgent())])
    openings = [
        (None, OpenTicket(channel="email", agent=LEAVING if number % 2 else agent))
        for number in range(TICKETS)
    ]
    tickets: list[str] = []
    opened = spent(lambda: tickets.extend(executed(desk, SERVICE, openings)))
    looked = spent(lambda: _settle(runner))
    pairs = list(zip(tickets[::2], tickets[1::2], strict=True))
    links = [(one, LinkTicket(ticket=other.partition("/")[2])) for one, other in pairs]
    linked = spent(lambda: executed(desk, SERVICE, links))
    told = spent(lambda: _settle(runner))
    executed(desk, SERVICE, [(f"agent/{LEAVING}", RemoveAgent())])
    found: list[str] = []
    view = desk_view(desk)
    scanned = spent(lambda: found.extend(view.tickets_naming(f"agent/{LEAVING}")))
    returned = spent(lambda: _settle(runner))
    assert len(found) == TICKETS // 2, "every ticket of the agent is found"
    return [
        ("tickets opened by a user", TICKETS, opened),
        ("openings looked at by the linker", TICKETS, looked),
        ("links made by a user", len(links), linked),
        ("links told to the other side", len(links), told),
        ("records searched for an agent", sum(p.records for p in desk.ledger.progress()), scanned),
        ("tickets returned, with the search", len(found), returned),
    ]


def _settle(runner: Runner) -> None:
    while runner.step():
        pass


if __name__ == "__main__":
    main()
