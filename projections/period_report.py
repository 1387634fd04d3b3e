"""Everything that is counted of a period, as it is fixed when the period is closed."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import get_args

import orjson

from deskledger.domain.report.period import days_of
from deskledger.projections.figure_names import Dimension
from deskledger.projections.figures import Figure, FiguresAsked, figures
from deskledger.projections.question import Moment

RULES = 3
"""Number of the definitions of figures; another number may count the same events otherwise."""

Report = dict[Dimension | None, list[Figure]]
"""The figures of a period by each dimension; under None those of all tickets together."""


def report_on(moment: Moment, period: str, known_at: datetime) -> Report:
    """The report on a named period, as of what the tables hold at this moment.

    Args:
        moment: the tables.
        period: a day, ISO week or month.
        known_at: the time by which it is judged what is provisional.

    Raises:
        InvalidInput: the name is no period's, or the desk has no zone.
    """
    dimensions: Sequence[Dimension | None] = (None, *get_args(Dimension))
    return {
        dimension: moment.answer(
            figures, FiguresAsked(days_of(period), "whole", known_at, dimension)
        )
        for dimension in dimensions
    }


def report_hash(report: Report) -> str:
    """SHA-256 over the report's canonical JSON, in hex."""
    told = {dimension or "": [list(one) for one in found] for dimension, found in report.items()}
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()
