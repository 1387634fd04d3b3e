"""From a policy file to the document that is published: whole, and with its public holidays."""

from __future__ import annotations

from typing import Any

from deskledger.app.public_holidays import countries
from deskledger.domain.configuration.service_policy import CountryDays, ServicePolicy
from deskledger.domain.sla.calendar_document import ALWAYS, compile_calendars
from deskledger.domain.sla.faults import Fault, Faulty, path_of
from deskledger.domain.sla.policy import policies_faults, used_calendars
from deskledger.domain.sla.policy_file import PolicyFile

NAME = "service-policy/default"
"""The stream of a desk's service levels."""


def next_document(file: PolicyFile, before: ServicePolicy | None, reach: str) -> dict[str, Any]:
    """The document that a file makes of the one in force.

    Args:
        file: what replaces calendars, policies, or both.
        before: the document in force; None where none is.
        reach: `new` or `open`: which tickets take it at once.

    Raises:
        Faulty: something is wrong with it, or it drops a calendar that is in use.
    """
    _check(file, before)
    held = {"calendars": {}, "policies": []} if before is None else before.written()
    stated = file.written()
    calendars = stated.get("calendars", held["calendars"])
    followed = {one.get("public_holidays") for one in calendars.values()} - {None}
    document = {
        "format": 1,
        "calendars": calendars,
        "policies": stated.get("policies", held["policies"]),
        "public_days": {
            country: CountryDays.of(countries().days(country)).written()
            for country in sorted(followed)
        },
        "reach": reach,
    }
    return ServicePolicy.model_validate(document).written()


def _check(file: PolicyFile, before: ServicePolicy | None) -> None:
    _, faults = compile_calendars(file.calendars or {}, countries(), "calendars")
    held = {} if before is None else before.calendars
    names = {*(held if file.calendars is None else file.calendars), ALWAYS}
    if file.policies is not None:
        faults += policies_faults(file.policies, names, "policies")
    elif before is not None:
        dropped = sorted(used_calendars(before.policies) - names)
        path = path_of("calendars")
        faults += [Fault(path, "calendar_in_use", {"name": name}) for name in dropped]
    if faults:
        raise Faulty(faults)
