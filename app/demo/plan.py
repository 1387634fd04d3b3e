"""What a story is made from: the same plan gives the same story."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from deskledger.domain.errors import InvalidInput

ZONE = "Asia/Shanghai"
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

TICKETS_MAX = 1_000_000
WEEKS_MAX = 26
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """The size and the dates of a story.

    Inside the story, time is counted in whole microseconds since its beginning, local midnight of
    a Monday. The zone has no summer time, so days are always 24 hours long.

    Attributes:
        seed: whatever is drawn by lot follows from it.
        tickets: how many contacts begin a ticket; the few that follow up a closed one come on top.
        weeks: of work from Monday to Saturday; the last one ends on its Saturday morning.
        ends_on: that Saturday, a local date.
    """

    seed: int
    tickets: int = 4_000
    weeks: int = 6
    ends_on: date = date(2026, 11, 21)

    def __post_init__(self) -> None:
        """Refuse sizes and dates that make no story.

        Raises:
            InvalidInput: a size is out of its bounds, or the story does not end on a Saturday.
        """
        if not 0 <= self.seed < 2**63:
            raise InvalidInput("The seed is a whole number from 0 to 2^63 - 1.", seed=self.seed)
        if not 1 <= self.tickets <= TICKETS_MAX:
            raise InvalidInput(f"A story has 1 to {TICKETS_MAX} tickets.", tickets=self.tickets)
        if not 1 <= self.weeks <= WEEKS_MAX:
            raise InvalidInput(f"A story has 1 to {WEEKS_MAX} weeks.", weeks=self.weeks)
        if self.ends_on.weekday() != _SATURDAY:
            raise InvalidInput("A story ends on a Saturday.", ends_on=self.ends_on.isoformat())

    @property
    def begins_at(self) -> datetime:
        """Local midnight of the first Monday, in UTC."""
        first = self.ends_on - timedelta(days=7 * self.weeks - 2)
        return datetime.combine(first, time(), ZoneInfo(ZONE)).astimezone(UTC)

    @property
    def founded_at(self) -> datetime:
        """When the desk is made: the Saturday before, 9:30 local."""
        return self.begins_at - timedelta(hours=38, minutes=30)

    @property
    def ends_at(self) -> datetime:
        """The morning of the last Saturday, 10:15 local, in UTC: few are at work yet."""
        return datetime.combine(self.ends_on, time(10, 15), ZoneInfo(ZONE)).astimezone(UTC)

    @property
    def length(self) -> int:
        """Microseconds from beginning to end."""
        return (self.ends_at - self.begins_at) // timedelta(microseconds=1)

    @property
    def bursts_at(self) -> int:
        """When word of the faulty batch gets round: Tuesday morning of the fourth week, or last."""
        return (min(self.weeks, 4) - 1) * WEEK + DAY + 9 * HOUR

    @property
    def name(self) -> str:
        """The plan in one line: other plans have other names."""
        return f"{self.seed}/{self.tickets}/{self.weeks}/{self.ends_on.isoformat()}"

    @property
    def mark(self) -> dict[str, Any]:
        """How the plan stands in the document of the desk that was made from it."""
        return {
            "seed": self.seed,
            "tickets": self.tickets,
            "weeks": self.weeks,
            "ends_on": self.ends_on.isoformat(),
        }
