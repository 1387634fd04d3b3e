"""Owning the tables: current without anybody asking, and open to every command at once."""

import threading

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.logs import begin_logging
from deskledger.app.cli.session import Session
from deskledger.app.cli.stopping import stopped_by_signals
from deskledger.app.node.roles import Role, run_roles

app = typer.Typer()
_MEBIBYTE = 1 << 20


@app.command()
@command
def project(session: Session) -> None:
    """Keep the tables current and answer the other commands from them, until asked to stop.

    While another process does so, this one waits, and takes over when that ends.
    """
    # Loads DuckDB, as below.
    from deskledger.app.node.memory import give_back_memory, keep_memory_small  # noqa: PLC0415

    begin_logging(as_json=session.as_json)
    keep_memory_small()
    role = project_role(session)
    with stopped_by_signals() as stop:
        run_roles({"project": role, "memory": give_back_memory}, stop)


def project_role(session: Session) -> Role:
    """The role for the session's desk, with the limits of its settings."""
    # DuckDB takes longer to load than most commands do.
    from deskledger.app.node.projections import run_projections  # noqa: PLC0415
    from deskledger.projections.question import Limits  # noqa: PLC0415

    settings, desk, opener = session.settings, session.desk, session.opener
    limits = Limits(
        seconds=settings.question_seconds,
        rows=settings.question_rows,
        bytes=settings.question_mebibytes * _MEBIBYTE,
    )

    def run(stop: threading.Event) -> None:
        run_projections(desk, stop, limits=limits, opener=opener)

    return run
