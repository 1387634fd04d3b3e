"""What can be asked of the report on a period."""

from __future__ import annotations

from typing import Literal

from deskledger.domain.commands import Command
from deskledger.domain.report.events import Hash, Reached
from deskledger.domain.shapes import Count, Slug


class ClosePeriod(Command):
    """Fix the figures of a period that is over."""

    type: Literal["ClosePeriod"] = "ClosePeriod"
    progress: Reached
    rules: Count
    figures_hash: Hash


class CorrectPeriod(Command):
    """Fix the figures of a closed period anew."""

    type: Literal["CorrectPeriod"] = "CorrectPeriod"
    progress: Reached
    rules: Count
    figures_hash: Hash
    reason: Slug


ReportCommand = ClosePeriod | CorrectPeriod
