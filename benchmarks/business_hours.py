"""Business hours for the made-up desk, as if they had been published: several calendars in turn."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import duckdb
import orjson

from deskledger.app.service_policy import next_document
from deskledger.domain.sla.policy_file import PolicyFile

_WEEK = ("mon", "tue", "wed", "thu", "fri")
_OFFICE = {
    "zone": "Asia/Shanghai",
    "weekly": {day: ["09:00-12:00", "13:00-18:00"] for day in _WEEK},
    "public_holidays": "CN",
    "holidays": ["2023-01-16"],
    "workdays": {"2023-01-14": ["10:00-16:00"]},
}
_LATE = {
    "zone": "Europe/Berlin",
    "weekly": {day: ["08:00-20:00"] for day in _WEEK},
    "public_holidays": "DE",
}
_LONGER = {**_OFFICE, "weekly": {day: ["08:30-12:00", "13:00-18:30"] for day in _WEEK}}

LIFE = "SELECT min(opened_at), max(latest_at) FROM ticket"
PUBLISHED = "INSERT INTO configuration VALUES (?, ?, ?, ?, NULL, NULL, ?, NULL)"
DESK = "SELECT document FROM configuration WHERE kind = 'desk' AND version = 1"


def publish_hours(connection: duckdb.DuckDBPyConnection) -> None:
    """Give a copy of a desk's tables the versions that a desk would have published.

    The hours change once and back, and the desk goes by another calendar meanwhile.
    """
    ((began_at, ended_at),) = connection.execute(LIFE).fetchall()
    ((document,),) = connection.execute(DESK).fetchall()
    for row in _versions(orjson.loads(document), began_at, ended_at - began_at):
        connection.execute(PUBLISHED, row)
    connection.execute("CHECKPOINT")


def _versions(
    desk: dict[str, Any], began_at: datetime, life: timedelta
) -> Iterator[tuple[str, str, int, str, datetime]]:
    for version, (share, office) in enumerate(((0.02, _OFFICE), (0.4, _LONGER), (0.8, _OFFICE))):
        stated = {"calendars": {"office": office, "late": _LATE}, "policies": []}
        levels = next_document(PolicyFile.model_validate(stated), None, "new")
        yield _row("service-policy", "default", version + 1, levels, began_at + share * life)
    for version, (share, name) in enumerate(((0.02, "office"), (0.5, "late"), (0.6, "office"))):
        named = {**desk, "format": 2, "calendar": name}
        yield _row("desk", "", version + 2, named, began_at + share * life)


def _row(
    kind: str, name: str, version: int, document: dict[str, Any], at: datetime
) -> tuple[str, str, int, str, datetime]:
    return kind, name, version, orjson.dumps(document).decode(), at
