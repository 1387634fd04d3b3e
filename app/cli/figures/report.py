"""Reports on a day, week or month: in the terminal, and as a page with charts."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.figures.figures import dimension_namer, span
from deskledger.app.cli.lists.paging import Whose
from deskledger.app.cli.options import noun_app
from deskledger.app.cli.paths import write_whole
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw
from deskledger.app.cli.tables.as_of import AsOf
from deskledger.app.cli.tables.projected import freshness, tell_freshness
from deskledger.app.report.findings import Findings, ReportAsked, Span, findings
from deskledger.app.report.page import Page, page
from deskledger.app.report.sections import Section, Wording, sections
from deskledger.domain.report.period import days_of
from deskledger.eventlog.progress import Progress
from deskledger.projections.figure_names import Dimension

app = noun_app()

Named = Annotated[
    str | None,
    typer.Argument(metavar="[PERIOD]", help="Or any day of it; the present one by default."),
]
Html = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write it as a page with charts.")
]


@app.command()
@command
def day(
    session: Session, period: Named = None, *, whose: Whose, html: Html = None, as_of: AsOf
) -> None:
    """Report on a day, such as 2026-03-02."""
    _report(session, "day", period, whose, html, as_of)


@app.command()
@command
def week(
    session: Session, period: Named = None, *, whose: Whose, html: Html = None, as_of: AsOf
) -> None:
    """Report on an ISO week, such as 2026-W10."""
    _report(session, "week", period, whose, html, as_of)


@app.command()
@command
def month(
    session: Session, period: Named = None, *, whose: Whose, html: Html = None, as_of: AsOf
) -> None:
    """Report on a month, such as 2026-03."""
    _report(session, "month", period, whose, html, as_of)


def _report(  # noqa: PLR0917 - the options of the three commands
    session: Session, length: Span, period: str | None, whose: Whose, html: Path | None, as_of: AsOf
) -> None:
    past = as_of.take(session)
    known_at = session.desk.clock() if past is None else past.at
    inside: date = (
        known_at.astimezone(session.zone).date() if period is None else days_of(period).first
    )
    asked = ReportAsked(length, inside, known_at, **whose.ids(session))
    with session.tables.moment() as moment:
        found, progress = findings(moment, asked), list(moment.progress)
    told = list(sections(found, _wording(session)))
    if html is not None:
        text = page(_page(session, found, asked, progress), told)
        write_whole(html, text.encode(), session.directory)
    if session.as_json:
        session.answer(
            {
                "period": found.period,
                "file": html,
                "figures": [one._asdict() for one in found.now.values()],
                "days": [one._asdict() for one in found.daily.values()],
                "parts": {
                    name: [one._asdict() for one in part] for name, part in found.parts.items()
                },
                "promises": [one._asdict() for one in found.promises],
                **freshness(session, progress),
            }
        )
        return
    if html is not None:
        session.tell(session.say("report.written", file=str(html)))
    else:
        _tell(session, found, told)
    tell_freshness(session, progress)


def _tell(session: Session, found: Findings, told: list[Section]) -> None:
    session.tell(session.say("report.title", period=found.period))
    for section in told:
        right = tuple(range(1, len(section.headers)))
        session.tell(f"\n{section.title}\n{draw(section.headers, section.rows, right=right)}")
    if any(one.provisional for one in found.now.values()):
        session.note(session.say("figures.provisional"))


def _wording(session: Session) -> Wording:
    namers: dict[Dimension, Callable[[str | None], str]] = {}

    def value(dimension: Dimension, code: str | None) -> str:
        namer = namers.setdefault(dimension, dimension_namer(session, dimension))
        return namer(code)

    return Wording(
        say=lambda name: session.code("report", name),
        figure=lambda name: session.code("figure", name),
        dimension=lambda name: session.code("dimension", name),
        value=value,
        span=lambda microseconds: span(microseconds, session.language),
    )


def _page(session: Session, found: Findings, asked: ReportAsked, progress: list[Progress]) -> Page:
    events = sum(lane.sequence for lane in progress)
    about = {
        "zone": str(session.zone),
        "known_at": session.time(asked.known_at),
        "events": str(events),
    }
    return Page(
        language=session.language,
        title=session.say("report.title", period=found.period),
        about={session.code("report", name): value for name, value in about.items()},
        notes=[session.say("figures.provisional"), session.say("report.ground")],
    )
