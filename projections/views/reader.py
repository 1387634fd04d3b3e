"""Who looks at a view, when and from where, and which rows they may see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from deskledger.projections.sql import section

Scope = Literal["own", "group", "all"]


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who looks.

    Attributes:
        agent: id of the agent, for whom ``@me`` and ``@my_groups`` stand; null for nobody.
        now: when they look; from it durations count.
        zone: IANA name of the zone whose days are meant.
        scope: whose tickets they may see: their own; those of their groups and the intake, too; or
            all, but for groups that only members see into.
    """

    agent: str | None
    now: datetime
    zone: str = "UTC"
    scope: Scope = "all"

    @property
    def place(self) -> ZoneInfo:
        """The zone itself."""
        return ZoneInfo(self.zone)

    def row_condition(self) -> str:
        """The condition, over the parameter `reader`, that every row of every answer meets."""
        return section("view", f"reader_{self.scope}").strip()


class Readable(NamedTuple):
    """Which rows are shown: a condition, and the parameters that it asks for."""

    condition: str
    parameters: dict[str, str | None]


def readable(reader: Reader | None) -> Readable:
    """The rows about tickets that somebody may see; None is the desk itself, which sees all."""
    if reader is None:
        return Readable("true", {})
    return Readable(reader.row_condition(), {"reader": reader.agent})
