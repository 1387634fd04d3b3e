"""The vault of a desk under a known desk key."""

import sqlite3
from pathlib import Path

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))


def rows(directory: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(directory / "vault.sqlite")
    found = connection.execute(query).fetchall()
    connection.close()
    return found


def named(directory: Path) -> list[tuple[object, ...]]:
    """Subject and purpose of every key that has them, sorted."""
    return rows(
        directory,
        "SELECT subject.name, key.purpose FROM key JOIN subject ON subject.key = key.subject"
        " ORDER BY subject.name, key.purpose",
    )
