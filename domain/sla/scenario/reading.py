"""Reading a scenario: the file's text becomes rules, steps and expectations, or faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import ValidationError

from deskledger.domain.sla.calendar import Calendar
from deskledger.domain.sla.calendar_document import (
    CalendarDocument,
    Countries,
    compile_calendars,
)
from deskledger.domain.sla.faults import Fault, Faulty, faults_of, path_of
from deskledger.domain.sla.policy import policies_faults, used_calendars
from deskledger.domain.sla.scenario.documents import (
    Expectation,
    PublishStep,
    ScenarioDocument,
)
from deskledger.domain.sla.scenario.expectations import expectation_faults
from deskledger.domain.sla.scenario.timeline import timeline_faults
from deskledger.domain.sla.scenario.translation import publication, ticket_step
from deskledger.domain.sla.steps import Step
from deskledger.domain.sla.terms import Rules
from deskledger.domain.sla.text import parse_text


class Entry(NamedTuple):
    """A step of the timeline.

    Attributes:
        place: its index in the file.
        ticket: whose step it is; None for a publication.
    """

    place: int
    ticket: str | None
    step: Step


@dataclass(frozen=True)
class Scenario:
    """A scenario that is valid but for due times that cannot be found.

    Attributes:
        rules: those of the file's top level.
        entries: the timeline in the order in which its steps take effect.
        expectations: in the order of the file.
    """

    id: str
    rules: Rules
    entries: Sequence[Entry]
    expectations: Sequence[Expectation]


def read_scenario(data: bytes, countries: Countries) -> Scenario:
    """The scenario that a file holds.

    Args:
        data: the file's bytes.
        countries: where the dates of public holidays come from.

    Raises:
        Faulty: it is no valid scenario; every fault that was found is named.
    """
    parsed = parse_text(data)
    try:
        return _scenario(_document(parsed), countries)
    except Faulty as error:
        name = parsed.get("id") if isinstance(parsed, dict) else None
        raise Faulty(error.faults, name if isinstance(name, str) else None) from None


def _scenario(document: ScenarioDocument, countries: Countries) -> Scenario:
    faults: list[Fault] = []
    calendars, found = compile_calendars(document.calendars, countries, "calendars")
    faults += found
    names = set(document.calendars) | set(calendars)
    faults += policies_faults(document.policies, names, "policies")
    faults += timeline_faults(document.timeline)
    if faults:
        raise Faulty(faults + expectation_faults(document, [(None, names)]))
    rules = Rules(document.policies, calendars)
    published = _published(document, rules, countries, faults)
    sets = [(None, names), *((step.at, set(one.calendars)) for step, one in published.values())]
    faults += expectation_faults(document, sets)
    if faults:
        raise Faulty(faults)
    return Scenario(document.id, rules, _entries(document, published), document.expect)


def _document(parsed: object) -> ScenarioDocument:
    try:
        return ScenarioDocument.model_validate(parsed)
    except ValidationError as error:
        raise Faulty(faults_of(error, ScenarioDocument)) from None


Published = Mapping[int, tuple[PublishStep, Rules]]
"""The publications by their place in the file, in the order in which they take effect."""


def _published(
    document: ScenarioDocument, rules: Rules, countries: Countries, faults: list[Fault]
) -> Published:
    published = {}
    numbered = [(n, one) for n, one in enumerate(document.timeline) if isinstance(one, PublishStep)]
    for index, step in sorted(numbered, key=lambda one: one[1].at):
        calendars: Mapping[str, Calendar] = rules.calendars
        if step.calendars is not None:
            place = ("timeline", index, "calendars")
            calendars, found = compile_calendars(step.calendars, countries, *place)
            faults += found
        faults += _publication_faults(step, rules, step.calendars, calendars, index)
        if faults:
            break
        policies = rules.policies if step.policies is None else step.policies
        rules = Rules(policies, calendars)
        published[index] = (step, rules)
    return published


def _publication_faults(
    step: PublishStep,
    rules: Rules,
    documents: Mapping[str, CalendarDocument] | None,
    calendars: Mapping[str, Calendar],
    index: int,
) -> list[Fault]:
    """Names of calendars that nobody has published, and calendars dropped that are in use."""
    names = set(calendars) | set(documents or ())
    if step.policies is not None:
        return policies_faults(step.policies, names, "timeline", index, "policies")
    path = path_of("timeline", index, "calendars")
    dropped = sorted(used_calendars(rules.policies) - names)
    return [Fault(path, "calendar_in_use", {"name": name}) for name in dropped]


def _entries(document: ScenarioDocument, published: Published) -> list[Entry]:
    entries = []
    for index, step in enumerate(document.timeline):
        if isinstance(step, PublishStep):
            entries.append(Entry(index, None, publication(step, published[index][1])))
        else:
            entries.append(Entry(index, step.ticket, ticket_step(step)))
    return sorted(entries, key=lambda one: one.step.at)
