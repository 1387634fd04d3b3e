"""What the rows of the ServiceNow log say, read without the importer."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import datetime
from itertools import groupby, pairwise
from sys import intern
from typing import Any, NamedTuple

from deskledger.app.desk import Desk
from tests.history.real_logs import SERVICENOW, real_log

Row = dict[str, str]
UPDATE = {"sys_updated_by", "sys_updated_at", "sys_mod_count"}
FINAL = {"closed_code", "resolved_by", "resolved_at", "closed_at"}
STATUS = {
    "New": "new",
    "Active": "open",
    "Awaiting User Info": "pending",
    "Awaiting Evidence": "pending",
    "Awaiting Vendor": "on_hold",
    "Awaiting Problem": "on_hold",
    "Resolved": "solved",
    "Closed": "closed",
}
SETTLED = {"solved", "closed"}
FIELDS = {
    "symptom": "u_symptom",
    "location": "location",
    "configuration_item": "cmdb_ci",
    "problem": "problem_id",
    "change_request": "rfc",
    "caused_by_change": "caused_by",
    "vendor": "vendor",
}


class Commit(NamedTuple):
    """What the import recorded of one row."""

    behalf: str
    events: list[dict[str, Any]]


class Case(NamedTuple):
    """The rows of a case in the file, and the commits of its ticket."""

    rows: list[Row]
    commits: list[Commit]


def at(text: str) -> str:
    """A time of the log as the ledger writes it."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M").isoformat() + ".000000Z"  # noqa: DTZ007


def refused(row: Row) -> bool:
    return at(row["sys_updated_at"]) < at(row["opened_at"])


def unknown(row: Row) -> bool:
    return row["incident_state"] not in STATUS


def accepted(rows: list[Row]) -> list[Row]:
    return [row for row in rows if not refused(row) and not unknown(row)]


def believed(row: Row) -> bool:
    """Whether what the row says in hindsight was known at its time."""
    known = row["resolved_at"] == "?" or at(row["sys_updated_at"]) >= at(row["resolved_at"])
    return STATUS[row["incident_state"]] in SETTLED and known


def said(row: Row) -> dict[str, str]:
    """What a row says that is not about the update itself."""
    return {name: text for name, text in row.items() if name not in UPDATE | FINAL}


def idle_rows(rows: list[Row]) -> int:
    """Rows that say what the row before said.

    Those that make hindsight known are news, and so are late ones: they say that what the row
    before said had held earlier already.
    """
    count, known = 0, believed(rows[0])
    for one, other in pairwise(rows):
        tells = {other["resolved_by"], other["closed_code"]} != {"?"}
        learnt = believed(other) and not known and tells
        late = at(other["sys_updated_at"]) < at(one["sys_updated_at"])
        count += said(one) == said(other) and not learnt and not late
        known = known or believed(other)
    return count


def ticket_after(state: dict[str, Any], commit: Commit) -> dict[str, Any]:
    """The ticket after a commit, folded without the product's own code."""
    for event in commit.events:
        if event["type"] == "TicketOpened":
            state = {**event, "fields": dict(event["fields"])}
        for name in ("status", "party", "type_code", "category", "priority", "impact", "urgency"):
            if event["type"] != "TicketOpened" and event.get(name):
                state[name] = event[name]["after"]
        if event["type"] == "FieldsChanged":
            state["fields"] |= {name: each["after"] for name, each in event["fields"].items()}
    return state


def rows_by_case() -> dict[str, list[Row]]:
    """The file's rows by case, read without the importer."""
    with zipfile.ZipFile(real_log(SERVICENOW)) as archive:
        text = archive.read(archive.namelist()[0]).decode("ascii")
    reader = csv.DictReader(io.StringIO(text))
    rows = [{intern(name): intern(value) for name, value in row.items()} for row in reader]
    return {case: list(own) for case, own in groupby(rows, key=lambda row: row["number"])}


def commits_by_case(desk: Desk) -> dict[str, list[Commit]]:
    """The commits of each case's ticket; recorded refusals are left out."""
    streams: dict[str, str] = {}
    commits: dict[str, list[Commit]] = {}
    for lane in range(desk.ledger.lanes):
        after = 0
        while records := desk.ledger.read(lane, after, 5_000):
            after = records[-1].record
            for record in records:
                if not record.stream.startswith("ticket/"):
                    continue
                commit = json.loads(record.value)
                first = commit["events"][0]
                if commit["version"] == 1:
                    streams[record.stream] = first["references"][0]["id"]
                if first.get("outcome") != "refused":
                    own = commits.setdefault(streams[record.stream], [])
                    own.append(Commit(commit["on_behalf_of"]["id"], commit["events"]))
    return commits
