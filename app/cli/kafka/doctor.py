"""Looking for what is wrong with a desk on Kafka."""

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.failures import REFUSED
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw
from deskledger.eventlog.opening import utc_now

app = typer.Typer()

WRONG = "wrong"


@app.command()
@command
def doctor(session: Session) -> None:
    """Check files, brokers, topics, copies, rights and the clock; ends with 1 if one is wrong."""
    from deskledger.eventlog.kafka.doctor import examine  # noqa: PLC0415 - loads the client

    findings = list(examine(session.directory, session.kafka, utc_now))
    if session.as_json:
        session.answer({"findings": [finding._asdict() for finding in findings]})
    else:
        headers = [session.say(f"column.{name}") for name in ("about", "state", "told")]
        rows = [
            [session.code("doctor", one.about), session.code("doctor", one.state), one.told]
            for one in findings
        ]
        session.tell(draw(headers, rows))
    if any(finding.state == WRONG for finding in findings):
        raise typer.Exit(REFUSED)
