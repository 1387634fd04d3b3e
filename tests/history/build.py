"""A small invented log, its mapping, and desks to import it into."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from deskledger.app.desk import Desk, NewDesk
from deskledger.consumers.history.importer import ImportProgress, Target, import_history
from deskledger.consumers.history.mapping import Mapping
from deskledger.consumers.history.mapping_files import parse_mapping
from deskledger.consumers.history.report import ImportReport

COLUMNS = ("id", "state", "at", "by", "opened", "via", "asker", "topic", "team", "owner", "code")
LATER = datetime(2027, 1, 1, tzinfo=UTC)
DESK_ID = "00000000-0000-4000-8000-00000000de5c"

MAPPING = """
format = 1
name = "acme"
version = 1
system = "acme"
title = "A small invented log"

[source]
kind = "csv"
missing = ["?"]
times = ["%Y-%m-%d %H:%M"]
zone = "Europe/Rome"

[row]
case = "id"
reference = "case"
occurred_at = "at"
agent = "by"
hindsight = ["code"]

[row.namespaces]
by = "staff"
owner = "staff"

[opening]
occurred_at = "opened"
channel = { column = "via" }
customer = { column = "asker" }

[party]
group = { column = "team" }
agent = "owner"

[record.fields]
topic = { column = "topic" }
code = { column = "code", type = "slug" }

[status]
column = "state"

[status.moves]
New = { to = "new" }
Active = { to = "open" }
Waiting = { to = "pending", reason = "customer" }
Held = { to = "on_hold", reason = "vendor" }
Done = { to = "solved", resolution = { column = "code" } }
Over = { to = "closed" }
"""


def mapping(*changes: tuple[str, str]) -> Mapping:
    """The invented log's mapping, with texts of it replaced."""
    text = MAPPING
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse_mapping(text, "acme.toml")


def row(case: str, state: str, at: str, **more: str) -> dict[str, str]:
    """A row of the invented log; ``at`` is a time of 2 March 2026 in Rome."""
    usual = {
        "by": "ann",
        "opened": "2026-03-02 09:00",
        "via": "Phone",
        "asker": "Caller 7",
        "topic": "printer",
        "team": "First line",
        "owner": "?",
        "code": "?",
    }
    return {"id": case, "state": state, "at": f"2026-03-02 {at}", **usual, **more}


def csv_text(rows: Iterable[dict[str, str]], columns: Sequence[str] = COLUMNS) -> str:
    """Rows as CSV; no value of these tests needs quotes."""
    lines = [",".join(columns), *(",".join(each[name] for name in columns) for each in rows)]
    return "\n".join(lines) + "\n"


TALE = [
    row("C1", "New", "09:05"),
    row("C1", "Active", "09:30", owner="bob"),
    row("C1", "Active", "09:31", owner="bob"),
    row("C1", "Waiting", "10:00", owner="bob", topic="toner"),
    row("C1", "Done", "11:00", owner="bob", topic="toner", code="Code 6"),
    row("C1", "Over", "12:00", owner="bob", topic="toner", code="Code 6"),
]


def written(directory: Path, rows: Iterable[dict[str, str]], name: str = "log.csv") -> Path:
    """A CSV file with these rows."""
    path = directory / name
    path.write_text(csv_text(rows), encoding="utf-8")
    return path


@contextmanager
def new_desk(directory: Path) -> Iterator[Desk]:
    """A desk whose ids and secrets are always the same; each has a directory of its own."""
    draws = itertools.count()

    def token_bytes(size: int) -> bytes:
        return sha256(f"draw {next(draws)}".encode()).digest()[:size]

    new = NewDesk(zone="Europe/Rome", desk_id=DESK_ID, token_bytes=token_bytes)
    with Desk.create(directory, new, clock=lambda: LATER) as desk:
        yield desk


def target(desk: Desk) -> Target:
    """Where an import into a desk goes."""
    return Target(desk.writer, desk.ledger, desk.vault.secrets)


def imported(
    desk: Desk,
    path: Path,
    by: Mapping | None = None,
    *,
    chunk_rows: int = 1_000,
    progress: Callable[[ImportProgress], None] = lambda _progress: None,
) -> ImportReport:
    """Import a log and check that every row is accounted for."""
    report = import_history(
        path, by or mapping(), target(desk), chunk_rows=chunk_rows, progress=progress
    )
    assert report.accounted == report.rows
    return report


def commits(desk: Desk, noun: str = "ticket") -> Iterator[dict[str, Any]]:
    """All effective commits of a noun's streams, lane by lane in order."""
    for lane in range(desk.ledger.lanes):
        after = 0
        while records := desk.ledger.read(lane, after, 5_000):
            after = records[-1].record
            for record in records:
                if record.version is not None and record.stream.startswith(f"{noun}/"):
                    yield json.loads(record.value)


def histories(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    """The events of every ticket by the name of its case, each with its commit's actor."""
    found: dict[str, list[dict[str, Any]]] = {}
    names: dict[str, str] = {}
    for commit in commits(desk):
        first = commit["events"][0]
        if commit["version"] == 1:
            names[commit["stream"]] = first["references"][0]["id"]
        behalf = commit["on_behalf_of"] and commit["on_behalf_of"]["id"]
        events = [{**event, "on_behalf_of": behalf} for event in commit["events"]]
        found.setdefault(names[commit["stream"]], []).extend(events)
    return found


def plain(value: Any) -> Any:
    """A value of the ledger with each sealed value replaced: its key and nonce are random."""
    if isinstance(value, dict):
        return "sealed" if "$p" in value else {name: plain(part) for name, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list) else value


def types(events: Iterable[dict[str, Any]]) -> list[str]:
    """The types of events, in order."""
    return [event["type"] for event in events]


def size(desk: Desk) -> int:
    """How many records the ledger has."""
    return sum(progress.records for progress in desk.ledger.progress())
