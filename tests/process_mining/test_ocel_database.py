"""OCEL 2.0 as a database: it holds what the JSON holds, or is not there at all."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runs import Shell


def test_the_database_of_ocel_holds_what_the_json_holds(demo: Shell, tmp_path: Path) -> None:
    demo.ok("export", "--ocel", tmp_path / "log.json")
    told = demo.json("export", "--ocel", tmp_path / "log.sqlite")
    log = json.loads((tmp_path / "log.json").read_bytes())
    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as database:
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert set(stored(database, "event")) == set(
            listed_values(log["events"], log["eventTypes"])
        )
        assert set(stored(database, "object")) == set(
            listed_values(log["objects"], log["objectTypes"])
        )
        for table, name in (("event_object", "events"), ("object_object", "objects")):
            related = database.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - our words
            expected = {
                (one["id"], *part.values()) for one in log[name] for part in one["relationships"]
            }
            assert len(related) == len(expected)
            assert set(related) == expected
    assert told["events"] == len(log["events"])
    assert told["sha256"] == sha256((tmp_path / "log.sqlite").read_bytes()).hexdigest()


def stored(database: sqlite3.Connection, what: str) -> Iterator[tuple[Any, ...]]:
    """Of all events or objects: id, type, time, attribute and value, one by one."""
    database.row_factory = sqlite3.Row
    types = database.execute(f"SELECT * FROM {what}_map_type").fetchall()  # noqa: S608 - our words
    for name, table in types:
        for row in database.execute(f'SELECT * FROM "{what}_{table}"').fetchall():  # noqa: S608
            values = dict(row)
            one, at = values.pop("ocel_id"), values.pop("ocel_time")
            changed = values.pop("ocel_changed_field", None)
            assert changed is None or [key for key in values if values[key] is not None] == [
                changed
            ]
            for key, value in values.items():
                if value is not None:
                    yield one, name, at, key, value
    database.row_factory = None


def listed_values(
    listed: list[dict[str, Any]], types: list[dict[str, Any]]
) -> Iterator[tuple[Any, ...]]:
    """The same of the JSON."""
    assert {one["type"] for one in listed} <= {one["name"] for one in types}
    for one in listed:
        for part in one["attributes"]:
            yield (
                one["id"],
                one["type"],
                part.get("time", one.get("time")),
                part["name"],
                part["value"],
            )


@pytest.mark.parametrize("name", ["log.xes", "log.json", "log.sqlite"])
def test_a_full_disk_leaves_nothing(demo: Shell, tmp_path: Path, name: str) -> None:
    option = "--xes" if name.endswith("xes") else "--ocel"
    (tmp_path / "out").mkdir()
    # The tables are there already: only what is exported is too long.
    demo.ok("figures")
    done = demo.process("export", option, tmp_path / "out" / name, file_bytes_max=60_000)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert list((tmp_path / "out").iterdir()) == []
