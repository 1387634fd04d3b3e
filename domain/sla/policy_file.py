"""The file that `deskledger policy publish` takes: calendars, policies, or both."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ValidationError

from deskledger.domain.shapes import Frozen
from deskledger.domain.sla.faults import Fault, Faulty, faults_of
from deskledger.domain.sla.scenario.documents import Calendars, Policies
from deskledger.domain.sla.text import parse_text


class PolicyFile(Frozen):
    """What is to be published; each replaces the whole set, a missing one stays as it is."""

    format: Literal[1] = 1
    calendars: Calendars | None = None
    policies: Policies | None = None

    def written(self) -> dict[str, Any]:
        """What the file states, in the form in which it is stored: no fractions, no defaults."""
        return self.model_dump(mode="json", exclude_unset=True)


def read_policy_file(data: bytes) -> PolicyFile:
    """The file that these bytes are.

    Raises:
        Faulty: it is none; every fault of its shape is named.
    """
    try:
        read = PolicyFile.model_validate(parse_text(data))
    except ValidationError as error:
        raise Faulty(faults_of(error, PolicyFile)) from None
    if read.calendars is None and read.policies is None:
        raise Faulty([Fault("$", "publish_nothing", {})])
    return read
