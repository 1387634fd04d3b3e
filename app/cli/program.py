"""The program as a whole: its commands by name, loaded only when one of them runs."""

import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer
from typer.exceptions import Abort, TyperException

from deskledger.app.cli.lazy import Entry, LazyGroup
from deskledger.app.cli.options import (
    AgentOption,
    DeskOption,
    JsonOption,
    Tongue,
    take_everywhere,
)
from deskledger.app.cli.usage import report_usage
from deskledger.eventlog.software import SOFTWARE

FAULT = 70
"""The exit code of a fault in the program itself, beside those of a desk's answers."""

_HELP = """Run a service desk on an append-only ledger that proves what happened.

Exit codes: 0 done, 1 refused or difference found, 2 bad input, 3 unavailable or unknown, \
4 damaged or foreign file."""


COMMANDS = {
    "init": Entry("init", "Make a desk."),
    "join": Entry("kafka.join", "Make a directory a node of a desk on Kafka."),
    "move": Entry("kafka.move", "Move a desk from its directory to Kafka."),
    "recover": Entry("kafka.recover", "Find what a log has lost, and go on."),
    "doctor": Entry("kafka.doctor", "Look for what is wrong with a desk on Kafka."),
    "demo": Entry("demo", "Make a demo desk, prove it, and show it."),
    "import": Entry("exchange.history_import", "Import the history of another system."),
    "ticket": Entry("ticket", "Open, answer, change and read tickets."),
    "queue": Entry("lists.queue", "Show what waits to be done, in order."),
    "view": Entry("view", "Show and count what saved views hold."),
    "customer": Entry("customer", "Register, change and look up customers."),
    "agent": Entry("agent", "Add, change and look up agents."),
    "group": Entry("group", "Form, change and look up groups."),
    "config": Entry("config", "Publish, compare, withdraw and read configuration."),
    "policy": Entry("policy", "Publish service levels: calendars and policies."),
    "sla": Entry("sla", "Check scenarios of service levels, explain clocks."),
    "figures": Entry("figures.figures", "Show how many, how long and which share, by period."),
    "period": Entry("figures.period", "Close a period: fix, correct and show its figures."),
    "report": Entry(
        "figures.report", "Report on a day, week or month, also as a page with charts."
    ),
    "follow": Entry("ledger.follow", "Print every event as it is recorded, once."),
    "publish": Entry("feed.publish", "Publish events to the desk's feed on Kafka."),
    "feed": Entry("feed.feed", "Make the feed's topic, show how far it is, describe it."),
    "sql": Entry("tables.sql", "Ask the tables a question in SQL."),
    "schema": Entry("tables.schema", "Describe the tables and their columns."),
    "rebuild": Entry("tables.rebuild", "Build the tables anew from the ledger."),
    "verify": Entry("ledger.verify", "Prove the ledger and the tables."),
    "export": Entry("exchange.export", "Write every record out, for others to prove and read."),
    "snapshot": Entry(
        "tables.snapshot", "Seal the tables as they were, for questions about the past."
    ),
    "restore": Entry("exchange.restore", "Make a desk again from an export of its lanes."),
    "vault": Entry("ledger.vault", "Change the desk key, under which the desk's keys are wrapped."),
    "checkpoint": Entry(
        "ledger.checkpoint", "Say how far the ledger has come, to be kept elsewhere."
    ),
    "node": Entry("node.node", "Run the desk's roles until asked to stop."),
    "project": Entry("node.project", "Own the tables: keep them current, answer other commands."),
    "tail": Entry("kafka.tail", "Keep the replica of a desk on Kafka current."),
    "status": Entry("status", "Show how far ledger and tables are, and what they hold."),
}


class BadText(TyperException):
    """An argument is no valid text."""

    exit_code = 2


class Program(LazyGroup):
    """The group of all commands."""

    entries = COMMANDS

    def main(self, args: Sequence[str] | None = None, *_: Any, **extra: Any) -> NoReturn:
        """Runs the arguments and ends the process, never with a traceback but for a fault."""
        stated = list(sys.argv[1:] if args is None else args) or ["--help"]
        extra["standalone_mode"] = False
        try:
            _check_text(stated)
            code = super().main(stated, **extra)
        except TyperException as error:
            report_usage(error, stated)
            sys.exit(error.exit_code)
        except Abort:
            sys.exit(130)
        except Exception:  # noqa: BLE001 - the outermost edge: whatever it is, the code says fault
            traceback.print_exc()
            sys.exit(FAULT)
        sys.exit(code if isinstance(code, int) else 0)


def _check_text(arguments: Sequence[str]) -> None:
    """Refuses arguments that could neither be stored nor shown."""
    for place, argument in enumerate(arguments, 1):
        try:
            argument.encode()
        except UnicodeEncodeError as error:
            raise BadText(f"Argument {place} is no valid UTF-8.") from error


def _tell_version(asked: bool) -> None:  # noqa: FBT001 - so Typer calls it
    if asked:
        typer.echo(SOFTWARE)
        raise typer.Exit


app = typer.Typer(
    cls=Program,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(help=_HELP)
def _begin(
    context: typer.Context,
    *,
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_tell_version, help="Tell the version."),
    ] = False,
    desk: DeskOption = None,
    acting: AgentOption = None,
    language: Tongue = None,
    as_json: JsonOption = False,
) -> None:
    assert not version, "telling it has ended the program"
    take_everywhere(context, desk=desk, acting=acting, language=language, as_json=as_json)
