"""A demo desk: made, brought into tables, proved, and shown."""

import shlex
import sys
from typing import Annotated, Any

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.failures import REFUSED
from deskledger.app.cli.ledger.proof import prove_chains, tell_chains
from deskledger.app.cli.lists.queue import tell_entries
from deskledger.app.cli.lists.reader import reader
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.bars import bar, reached
from deskledger.app.cli.sla.due import tell_due
from deskledger.app.cli.tables.proof import prove_open_tables, tell_tables
from deskledger.app.cli.tables.rebuild import build_anew
from deskledger.app.cli.ticket.history import show_history
from deskledger.app.demo.make import DemoReport, make_demo
from deskledger.app.demo.plan import Plan
from deskledger.domain.ticket.status import Status
from deskledger.projections.due import due_page
from deskledger.projections.errors import Outdated
from deskledger.projections.lists import eventful_ticket
from deskledger.projections.queries import QueueFilter, oldest_open, queue_page, status_counts
from deskledger.projections.question import Tables

app = typer.Typer()

QUEUE_SHOWN = 10
OLDEST_SHOWN = 5
DUE_SHOWN = 5
WIDTH = 80
TRIES = (
    ("try.open", ("ticket", "open", "--from", "me@example.com", "--message", "你好, hello")),
    ("try.ticket", ("ticket", "history", "{ticket}", "--json")),
    ("try.zh", ("queue", "--language", "zh")),
    ("try.due", ("sla", "due", "--limit", "10")),
    ("try.explain", ("sla", "explain", "{due}")),
    ("try.kept", ("figures", "{month}", "--figure", "sla_attainment", "--by", "metric")),
    ("try.sql", ("sql", "SELECT channel, count(*) AS tickets FROM ticket GROUP BY channel")),
    ("try.schema", ("schema", "ticket_event")),
    ("try.report", ("report", "month")),
    ("try.follow", ("follow", "--json", "--until-now")),
    ("try.prove", ("checkpoint", "--output", "checkpoint.json")),
    ("try.verify", ("verify", "--against", "checkpoint.json")),
)


@app.command()
@command
def demo(
    session: Session,
    *,
    seed: Annotated[int, typer.Option(help="The same seed tells the same story.")],
    tickets: Annotated[int, typer.Option(metavar="N", help="About how many.")] = 4_000,
    weeks: Annotated[int, typer.Option(metavar="N", help="How long the story is.")] = 6,
) -> None:
    """Make a demo desk, or use the one that is there; bring it into tables, prove it, show it."""
    plan = Plan(seed, tickets, weeks)
    with bar(session, "demo.bar", 1.0) as advance:
        made = make_demo(session.directory, plan, reached(advance), desk_key=session.desk_key)
    tables = _tables(session)
    chains, compared = prove_chains(session), prove_open_tables(session, tables)
    holds = not chains.differences and not compared.differences
    if session.as_json:
        session.answer(_object(session, made, holds=holds))
    else:
        _tell_made(session, made)
        tell_chains(session, chains)
        tell_tables(session, compared)
        _show(session, made)
    if not holds:
        raise typer.Exit(REFUSED)


def _tables(session: Session) -> Tables:
    """The tables, made anew where another version of the software had made them."""
    try:
        return session.tables
    except Outdated:
        build_anew(session)
        return session.tables


def _tell_made(session: Session, made: DemoReport) -> None:
    facts = {"directory": session.directory, "seed": made.plan.seed}
    name = "demo.reused" if made.reused else "demo.made"
    session.tell(session.say(name, commands=made.commands, **facts))


def _show(session: Session, made: DemoReport) -> None:
    tables = session.tables
    width = None if sys.stdout.isatty() else WIDTH
    counts = status_counts(tables).value
    told = [f"{session.code('status', one.value)} {counts.get(one.value, 0)}" for one in Status]
    _head(session, "demo.counts", session.say("list.part").join(told))
    page = queue_page(tables, QueueFilter(workable=True), size=QUEUE_SHOWN).value
    _head(session, "demo.queue", session.say("queue.total", shown=QUEUE_SHOWN, total=page.total))
    tell_entries(session, page.entries, width)
    _head(session, "demo.oldest")
    tell_entries(session, oldest_open(tables, OLDEST_SHOWN).value, width)
    due = due_page(tables, QueueFilter(workable=True), reader(session), size=DUE_SHOWN).value
    shown = {"shown": len(due.entries), "total": due.total, "late": due.late}
    _head(session, "demo.due", session.say("due.total", **shown))
    tell_due(session, due.entries, width)
    number = eventful_ticket(tables).value
    if number is not None:
        _head(session, "demo.history")
        show_history(session, str(session.desk.ledger.stream_of("ticket", number)))
    _tell_tries(
        session,
        ticket=number or 1,
        due=due.entries[0].number if due.entries else 1,
        month=f"{made.plan.ends_on:%Y-%m}",
    )


def _head(session: Session, name: str, beside: str = "") -> None:
    title = session.say(name)
    session.tell(f"\n— {title} —" + (f"  {beside}" if beside else ""))


def _tell_tries(session: Session, **facts: object) -> None:
    _head(session, "demo.try")
    for name, arguments in TRIES:
        stated = [argument.format(**facts) for argument in arguments]
        line = shlex.join(["deskledger", "--desk", str(session.directory), *stated])
        session.tell(f"{session.say(name)}\n    {line}")


def _object(session: Session, made: DemoReport, *, holds: bool) -> dict[str, Any]:
    tables = session.tables
    return {
        "desk": made.desk,
        "directory": str(made.directory),
        "seed": made.plan.seed,
        "reused": made.reused,
        "commands": made.commands,
        "holds": holds,
        "tickets": status_counts(tables).value,
        "queue": queue_page(tables, QueueFilter(workable=True), size=1).value.total,
        "eventful_ticket": eventful_ticket(tables).value,
    }
