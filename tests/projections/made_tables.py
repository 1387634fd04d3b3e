"""Tables with tickets by lot, on which views are tried."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import orjson

from deskledger.projections.sql import QUESTIONS, table_statements

NOW = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
ANN, BOB = "ann", "bob"
ZONES = ("UTC", "Asia/Shanghai", "America/New_York")
GROUPS = {"first-line": (ANN,), "second-line": (BOB,), "secret": (BOB,), "empty": ()}
RESTRICTED = frozenset({"secret"})
TEXTS = ("a", "b", "Ä", "'; DROP TABLE ticket; --", "", "工单", "5", "true")
STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed")
DATES = ("2026-03-01", "2026-03-02", "2026-03-03", "no date")


def made_tables(seed: int, tickets: int = 90) -> duckdb.DuckDBPyConnection:
    """Tables with tickets by lot, of few values so that many are alike, and many nulls."""
    connection = duckdb.connect(":memory:", config={"threads": "1"})
    connection.execute("SET TimeZone = 'UTC'")
    for question in (*QUESTIONS, "progress"):
        for statement in table_statements(question):
            connection.execute(statement)
    lot = _Lot(seed)
    numbers = range(1, tickets + 1)
    _insert(connection, "ticket", (_ticket(lot, number) for number in numbers))
    _insert(connection, "ticket_participant", _followers(numbers))
    _insert(connection, "agent_group", map(_group, range(len(GROUPS)), GROUPS))
    _insert(connection, "group_member", _members())
    _insert(connection, "configuration", [_configuration()])
    return connection


def _group(number: int, name: str) -> dict[str, Any]:
    return {
        "number": number,
        "id": name,
        "version": 1,
        "names": "{}",
        "restricted": name in RESTRICTED,
        "fields": "{}",
        "formed_at": NOW,
    }


def _members() -> Iterator[dict[str, Any]]:
    """Those of today, and one who left."""
    told = {"group_number": 1, "lead": False, "began_at": NOW}
    for group, agents in GROUPS.items():
        yield from ({**told, "group_id": group, "agent_id": agent} for agent in agents)
    yield {**told, "group_id": "first-line", "agent_id": BOB, "ended_at": NOW}


def _followers(numbers: Iterable[int]) -> Iterator[dict[str, Any]]:
    told = {"role": "follower", "noun": "agent", "version": 1, "added_at": NOW}
    for number in numbers:
        yield from ({**told, "number": number, "id": one} for one in participants(number))


def _configuration() -> dict[str, Any]:
    document = {"tiers": [{"code": "vip", "front": True}, {"code": "basic", "front": False}]}
    told = {"kind": "desk", "id": "", "version": 1, "published_at": NOW}
    return {**told, "document": orjson.dumps(document).decode()}


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, found: Iterable[dict[str, Any]]
) -> None:
    for row in found:
        names = ", ".join(row)
        values = ", ".join(f"${name}" for name in row)
        connection.execute(f"INSERT INTO {table} ({names}) VALUES ({values})", row)  # noqa: S608


def participants(number: int) -> list[str]:
    """Who takes part in a ticket: it follows from its number."""
    return [one for one, each in ((ANN, 3), ("bob", 4), ("zoe", 5)) if number % each == 0]


class _Lot:
    """Draws values."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same tickets in each run

    def some(self, *values: Any) -> Any:
        return self._random.choice(values)

    def at(self) -> datetime:
        return NOW + timedelta(hours=self._random.randrange(-60, 60, 6))

    def perhaps_at(self) -> datetime | None:
        at: datetime | None = self.some(None, self.at())
        return at


def _ticket(lot: _Lot, number: int) -> dict[str, Any]:
    return {
        "number": number,
        "id": f"t{number}",
        "version": 1,
        "kind": lot.some("request", "task"),
        "customer_id": lot.some(None, "zoe"),
        "channel": lot.some("email", "web"),
        "direction": lot.some("in", "out"),
        "opened_at": lot.at(),
        "latest_at": lot.at(),
        "customer_contacts": lot.some(0, 1, 2),
        "agent_contacts": lot.some(0, 1),
        "notes": 0,
        "reopenings": lot.some(0, 1, 2),
        "escalation_level": lot.some(0, 1, 2),
        "configuration": "{}",
        **_standing(lot),
        **_class(lot),
    }


def _standing(lot: _Lot) -> dict[str, Any]:
    status = lot.some(*STATUSES)
    settled = status in {"solved", "closed"}
    return {
        "status": status,
        "status_since": lot.at(),
        "status_version": 1,
        "status_reason": lot.some(None, *TEXTS),
        "waits_until": lot.perhaps_at(),
        "group_id": lot.some(None, *GROUPS),
        "agent_id": lot.some(None, None, ANN, BOB),
        "responsible_since": lot.at(),
        "party_version": 1,
        "unanswered_since": lot.perhaps_at(),
        "activated_at": lot.perhaps_at(),
        "settled_at": lot.at() if settled else None,
        "resolution": lot.some(None, "fixed") if settled else None,
        "solver_id": lot.some(None, ANN) if settled else None,
        "due_at": lot.perhaps_at(),
        "due_promised": False,
        "clock_due_at": lot.perhaps_at(),
    }


def _class(lot: _Lot) -> dict[str, Any]:
    values = (*TEXTS, 5, -3, 12, True, False, *DATES)
    custom = {name: lot.some(*values) for name in ("a", "b") if lot.some(0, 1)}
    custom |= {"list": lot.some(["x"], ["x", "y"], [])} if lot.some(0, 1) else {}
    return {
        "type": lot.some(None, *TEXTS),
        "category": lot.some([], ["a"], ["a", "b"]),
        "tier": lot.some(None, "vip", "basic"),
        "priority": lot.some(None, "low", "urgent"),
        "pinned": False,
        "tags": lot.some([], ["a"], ["a", "b"], ["b", "工单"]),
        "fields": orjson.dumps(custom).decode(),
    }
