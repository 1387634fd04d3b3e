"""Keys as they stand in the topic of the vault, and in a node's file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskledger.eventlog.kafka import vault_rows
from deskledger.eventlog.kafka.vault_records import (
    Destroyed,
    KeyRow,
    SecretRow,
    key_name,
    key_record,
    read_record,
    secret_record,
)
from deskledger.eventlog.vault.file import VAULT

names = st.from_regex(r"[a-z]{1,8}/[a-z0-9]{1,8}", fullmatch=True)
rows = st.builds(
    KeyRow,
    st.binary(min_size=12, max_size=12),
    st.binary(max_size=60),
    st.none() | names,
    st.sampled_from([None, "subject", "text"]),
    st.none() | names,
)


@given(rows)
def test_a_key_is_read_from_its_record_as_it_was_written(row: KeyRow) -> None:
    assert read_record(*key_record(row)) == row
    assert read_record(key_name(row.id), None) == Destroyed(row.id)


def test_a_secret_is_read_from_its_record_and_cannot_be_destroyed() -> None:
    row = SecretRow("command", b"wrapped")
    key, value = secret_record(row)
    assert read_record(key, value) == row
    assert read_record(key, None) is None


@given(
    st.none() | st.binary(max_size=40).filter(lambda key: not key.startswith((b"key/", b"secret"))),
    st.none() | st.binary(max_size=60),
)
def test_a_record_under_a_name_that_is_none_of_ours_says_nothing(
    key: bytes | None, value: bytes | None
) -> None:
    assert read_record(key, value) is None


@given(rows, st.binary(max_size=60))
def test_a_record_under_a_keys_name_that_is_no_object_says_nothing(
    row: KeyRow, value: bytes
) -> None:
    assert read_record(key_name(row.id), b" " + value.lstrip(b"{ ")) is None
    assert read_record(b"secret/command", b" " + value.lstrip(b"{ ")) is None


WRONG = [
    ("format", 0),
    ("format", "1"),
    ("wrapped", None),
    ("wrapped", 3),
    ("wrapped", "%"),
    ("subject", 3),
    ("purpose", []),
    ("holder", {}),
]


@given(rows, st.sampled_from(WRONG))
def test_a_record_of_which_one_member_is_wrong_says_nothing(
    row: KeyRow, wrong: tuple[str, object]
) -> None:
    name, value = wrong
    key, body = key_record(row)
    assert read_record(key, orjson.dumps(orjson.loads(body) | {name: value})) is None


@pytest.fixture
def vault_file(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "vault.sqlite", isolation_level=None)) as connection:
        for statement in (*VAULT.schema, *vault_rows.TABLES):
            connection.execute(statement)
        yield connection


def test_of_two_first_keys_of_a_subject_the_first_in_the_topic_is_used(
    vault_file: sqlite3.Connection,
) -> None:
    first, second = bytes(12), bytes([1]) * 12
    for identifier in (first, second, first):
        vault_rows.apply(vault_file, KeyRow(identifier, b"w", "customer/a", "subject"))
    found = vault_file.execute("SELECT id, purpose FROM key ORDER BY row").fetchall()
    assert found == [(first, "subject"), (second, "spare")]
    assert vault_rows.ids_of_subjects(vault_file, ["customer/a"]) == [first, second]
    assert vault_rows.apply(vault_file, Destroyed(first))
    assert not vault_rows.apply(vault_file, Destroyed(first))
