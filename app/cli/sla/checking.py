"""Checking scenarios of service levels against what every clock shows."""

from pathlib import Path
from typing import Annotated, Any, NamedTuple

import orjson
import typer

from deskledger.app.cli.command import command
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw, one_line
from deskledger.app.cli.shown.faults import lines, read_bounded, sentence
from deskledger.app.cli.sla.explaining import Explainer
from deskledger.app.cli.sla.explanation_data import Sources, explanation_object
from deskledger.app.public_holidays import countries
from deskledger.domain.sla.faults import Fault, Faulty
from deskledger.domain.sla.scenario.checking import Difference, check_scenario
from deskledger.domain.sla.scenario.explaining import Explained, explained
from deskledger.domain.sla.scenario.reading import read_scenario

DIFFERENT, FAULTY = 1, 2

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scenario files.")]


class Checked(NamedTuple):
    """What checking a file has shown; `id` is None where the file does not hold one."""

    file: Path
    id: str | None
    faults: list[Fault]
    differences: list[Difference]
    expectations: int
    explained: list[Explained]

    @property
    def code(self) -> int:
        """The exit code of this file alone."""
        return FAULTY if self.faults else DIFFERENT if self.differences else 0


@command
def check(
    session: Session,
    files: Files,
    *,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say of each clock why it shows what it shows.")
    ] = False,
) -> None:
    """Run scenarios through the clocks of live tickets, and compare what they expect.

    Exit codes: 0 all holds, 1 something shows otherwise, 2 a file is no valid scenario; of several
    files the highest counts.
    """
    worst = 0
    for file in files:
        checked = _checked(file, session, explain=explain)
        worst = max(worst, checked.code)
        if session.as_json:
            session.answer(_object(session, checked, explain=explain))
        else:
            session.tell(_told(session, checked))
            for one in checked.explained:
                session.tell(_told_why(session, one))
    if worst:
        raise typer.Exit(worst)


def _checked(file: Path, session: Session, *, explain: bool) -> Checked:
    try:
        scenario = read_scenario(read_bounded(file, session), countries())
        differences = check_scenario(scenario)
    except Faulty as error:
        return Checked(file, error.name, error.faults, [], 0, [])
    why = list(explained(scenario)) if explain else []
    return Checked(file, scenario.id, [], differences, len(scenario.expectations), why)


def _object(session: Session, checked: Checked, *, explain: bool) -> dict[str, Any]:
    told = {
        "file": str(checked.file),
        "id": checked.id,
        "holds": checked.code == 0,
        "faults": [
            {"path": fault.path, "message": sentence(session, fault)} for fault in checked.faults
        ],
        "differences": [one._asdict() for one in checked.differences],
    }
    return told | ({"explained": list(map(_why, checked.explained))} if explain else {})


def _why(one: Explained) -> dict[str, Any]:
    """An explanation as JSON shows it; null where there is no such clock."""
    why = one.explanation
    told = None if why is None else explanation_object(why, _sources(one))
    return {"expectations": one.expectations, "ticket": one.ticket, "explanation": told}


def _told_why(session: Session, one: Explained) -> str:
    places = session.say("list.part").join(f"$.expect[{index}]" for index in one.expectations)
    if one.explanation is None:
        return "\n" + session.say("explain.absent", expectations=places)
    sources = _sources(one, session.say("explain.file_rules"))
    told = Explainer(session, sources).told(one.explanation)
    return "\n" + session.say("explain.expected", expectations=places) + "\n" + told


def _sources(one: Explained, first: str = "$") -> Sources:
    """The steps of a scenario, and its rules, by their paths in the file; `first` names its own."""
    return Sources(one.steps.__getitem__, lambda n: first if n is None else one.steps[n])


def _told(session: Session, checked: Checked) -> str:
    file = one_line(str(checked.file))
    if checked.faults:
        told = (f"  {line}" for line in lines(session, checked.faults))
        return "\n".join([session.say("sla.faulty", file=file), *told])
    if not checked.differences:
        return session.say("sla.holds", file=file, count=checked.expectations)
    names = ("expectation", "key", "expected", "actual")
    headers = [session.say(f"column.{name}") for name in names]
    rows = [
        [f"$.expect[{one.expectation}]", one.key, _shown(one.expected), _shown(one.actual)]
        for one in checked.differences
    ]
    return session.say("sla.differs", file=file, count=len(rows)) + "\n" + draw(headers, rows)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
