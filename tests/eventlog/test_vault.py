# ruff: noqa: SLF001 - faults are put into the vault's own parts
"""The vault: keys are durable before use, one per subject, never used twice, wrapped."""

import hashlib
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch

import pytest

from deskledger.eventlog import subject_keys
from deskledger.eventlog.errors import LedgerDamaged, Unavailable, WrongDeskKey
from deskledger.eventlog.key_block import BLOCK_KEYS, LOW_KEYS
from deskledger.eventlog.vault import Vault
from tests.eventlog.build import DESK, ticket
from tests.eventlog.child import start
from tests.patience import PATIENCE_SECONDS

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    Vault.create(tmp_path, DESK, KEY)
    return tmp_path


@pytest.fixture
def vault(directory: Path) -> Iterator[Vault]:
    with Vault.open(directory, DESK, KEY, deadline_seconds=0.2) as opened:
        yield opened


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


def test_secrets_are_drawn_once_and_differ(directory: Path, vault: Vault) -> None:
    assert len(set(vault.secrets)) == 3
    assert {len(secret) for secret in vault.secrets} == {32}
    with Vault.open(directory, DESK, KEY) as again:
        assert again.secrets == vault.secrets


def test_a_subject_has_one_key_for_all_processes_and_times(directory: Path, vault: Vault) -> None:
    first = vault.subject_keys(["customer/a", "customer/b"])
    with Vault.open(directory, DESK, KEY) as other:
        second = other.subject_keys(["customer/b", "customer/c"])
        assert second["customer/b"].id == first["customer/b"].id
        assert vault.subject_keys(["customer/c"])["customer/c"].id == second["customer/c"].id
    assert len({key.id for key in (*first.values(), *second.values())}) == 3
    assert named(directory) == [
        (subject, "subject") for subject in ("customer/a", "customer/b", "customer/c")
    ]


def test_threads_that_ask_for_the_same_new_subjects_get_the_same_keys(
    directory: Path, vault: Vault
) -> None:
    with Vault.open(directory, DESK, KEY) as other, ThreadPoolExecutor(8) as pool:
        subjects = [f"customer/{number}" for number in range(20)]

        def ask(index: int) -> dict[str, bytes]:
            chosen = random.Random(index).sample(subjects, 12)  # noqa: S311 - a plan
            source = vault if index % 2 else other
            return {subject: key.id for subject, key in source.subject_keys(chosen).items()}

        answers = list(pool.map(ask, range(16)))
    for subject in subjects:
        assert len({answer[subject] for answer in answers if subject in answer}) == 1
    assert len(named(directory)) == 20


def test_a_key_is_in_the_vault_before_it_is_given_out(directory: Path, vault: Vault) -> None:
    given = [vault.text_key(ticket(1)), vault.attachment_key(ticket(1))]
    with Vault.open(directory, DESK, KEY) as other:
        found = other.data_keys([key.id for key in given])
    assert set(found) == {key.id for key in given}
    for identifier, key in found.items():
        assert hashlib.sha256(key).digest()[:12] == identifier


def test_no_key_is_given_out_twice(directory: Path) -> None:
    with (
        Vault.open(directory, DESK, KEY) as one,
        Vault.open(directory, DESK, KEY) as two,
        ThreadPoolExecutor(8) as pool,
    ):
        sources = [one, two] * (BLOCK_KEYS + 10)
        given = list(pool.map(lambda vault: vault.text_key(ticket(1)).id, sources))
    assert len(set(given)) == len(given)


def test_used_keys_get_their_subjects_and_unused_ones_go(directory: Path) -> None:
    with Vault.open(directory, DESK, KEY) as vault:
        for number in range(BLOCK_KEYS + 3):
            vault.text_key(ticket(number % 7))
        vault.attachment_key("customer/a")
        # The second reservation has written down what had been used of the first block.
        assert len(named(directory)) == BLOCK_KEYS - LOW_KEYS + 1
    assert len(named(directory)) == BLOCK_KEYS + 4
    assert ("customer/a", "attachment") in named(directory)
    assert rows(directory, "SELECT count(*) FROM key") == [(BLOCK_KEYS + 4,)]


def test_a_killed_process_leaves_keys_that_open_and_that_nobody_uses_again(
    directory: Path,
) -> None:
    child = start("seal", directory, KEY.hex())
    assert child.stdout is not None
    first = child.stdout.readline()
    time.sleep(random.Random().uniform(0, 0.05))  # noqa: S311 - when to kill
    child.kill()
    output = first + child.communicate()[0]
    given = {bytes.fromhex(line.strip()) for line in output.splitlines(keepends=True) if line[24:]}
    assert given
    with Vault.open(directory, DESK, KEY) as vault:
        assert set(vault.data_keys(given)) == given
        assert not given & {vault.text_key(ticket(1)).id for _ in range(BLOCK_KEYS + 1)}
    with Vault.open(directory, DESK, KEY) as vault:
        assert set(vault.data_keys(given)) == given


def test_unknown_keys_are_left_out(vault: Vault) -> None:
    known = vault.text_key(ticket(1)).id
    ids = [known, *(number.to_bytes(12, "big") for number in range(600))]
    assert set(vault.data_keys(ids)) == {known}
    assert vault.data_keys([]) == {}


def test_no_key_stands_in_the_file_unwrapped(directory: Path) -> None:
    with Vault.open(directory, DESK, KEY) as vault:
        key = vault.text_key(ticket(1))
        (raw,) = vault.data_keys([key.id]).values()
        secrets = vault.secrets
    for secret in (raw, *secrets, KEY):
        child = start("count_markers", directory, secret.hex())
        assert child.communicate(timeout=PATIENCE_SECONDS)[0].startswith("0 in ")


def test_changing_the_desk_key_keeps_every_key_and_locks_the_old_one_out(
    directory: Path, vault: Vault
) -> None:
    text = vault.text_key(ticket(1)).id
    subject = vault.subject_keys(["customer/a"])["customer/a"].id
    before = vault.data_keys([text, subject])
    with Vault.open(directory, DESK, KEY) as late:
        vault.rewrap(OTHER_KEY)
        with pytest.raises(WrongDeskKey, match="changed"):
            late.subject_keys(["customer/b"])
    assert vault.data_keys([text, subject]) == before
    vault.subject_keys(["customer/c"])
    with pytest.raises(WrongDeskKey):
        Vault.open(directory, DESK, KEY)
    with Vault.open(directory, DESK, OTHER_KEY) as again:
        assert again.data_keys([text, subject]) == before
        assert again.secrets == vault.secrets


def test_a_key_that_was_swapped_for_another_is_damage(directory: Path, vault: Vault) -> None:
    one, two = (vault.subject_keys([subject])[subject].id for subject in ("agent/a", "agent/b"))
    connection = sqlite3.connect(directory / "vault.sqlite", isolation_level=None)
    swap = "UPDATE key SET wrapped = (SELECT wrapped FROM key WHERE id = ?) WHERE id = ?"
    connection.execute(swap, (one, two))
    connection.close()
    with pytest.raises(LedgerDamaged, match=two.hex()):
        vault.data_keys([one, two])


@pytest.mark.parametrize(
    "ask",
    [
        lambda vault: vault.subject_keys(["customer/new"]),
        lambda vault: vault.text_key(ticket(1)),
    ],
)
def test_a_locked_vault_is_unavailable_and_works_again_afterwards(
    directory: Path, vault: Vault, ask: Callable[[Vault], object]
) -> None:
    other = sqlite3.connect(directory / "vault.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match=r"vault\.sqlite"):
        ask(vault)
    other.close()
    assert ask(vault)


def test_a_full_vault_is_unavailable_and_gives_out_no_key(vault: Vault) -> None:
    store = vault._store
    (pages,) = store._writer.execute("PRAGMA page_count").fetchone()
    store._writer.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Unavailable, match="disk is full"):
        vault.text_key(ticket(1))
    store._writer.execute("PRAGMA max_page_count = 1000000")
    identifier = vault.text_key(ticket(1)).id
    assert set(vault.data_keys([identifier])) == {identifier}


def test_an_interrupt_while_keys_are_made_is_the_callers_alone(vault: Vault) -> None:
    def interrupt(_count: int) -> bytes:
        raise KeyboardInterrupt

    keys = vault._subjects
    draw, keys._token_bytes = keys._token_bytes, interrupt
    with pytest.raises(KeyboardInterrupt):
        vault.subject_keys(["customer/a"])
    keys._token_bytes = draw
    assert set(vault.subject_keys(["customer/b"])) == {"customer/b"}
    assert set(vault.subject_keys(["customer/a"])) == {"customer/a"}


def test_more_subjects_than_are_remembered_keep_their_keys(vault: Vault) -> None:
    subjects = [f"customer/{number}" for number in range(30)]
    with patch.object(subject_keys, "REMEMBERED_MAX", 7):
        first = {subject: vault.subject_keys([subject])[subject].id for subject in subjects}
        again = {subject: key.id for subject, key in vault.subject_keys(subjects).items()}
    assert again == first


def test_a_locked_vault_keeps_nobody_waiting_who_finds_a_key(directory: Path) -> None:
    waits = 2.0
    with Vault.open(directory, DESK, KEY, deadline_seconds=waits) as vault:
        vault.text_key(ticket(1))
        other = sqlite3.connect(directory / "vault.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        given = {vault.text_key(ticket(1)).id for _ in range(BLOCK_KEYS - LOW_KEYS - 1)}
        began_at = time.monotonic()
        given |= {vault.text_key(ticket(1)).id for _ in range(LOW_KEYS)}
        # Waiting for the lock each time would have taken four times as long.
        assert time.monotonic() - began_at < waits * LOW_KEYS / 4
        assert len(given) == BLOCK_KEYS - 1
        with pytest.raises(Unavailable):
            vault.text_key(ticket(1))
        other.close()
        assert vault.text_key(ticket(1)).id not in given


def test_a_change_of_the_desk_key_that_is_cut_off_changes_nothing(directory: Path) -> None:
    def interrupt(_count: int) -> bytes:
        if next(calls) > 10:
            raise KeyboardInterrupt
        return bytes(12)

    calls = iter(range(100))
    with Vault.open(directory, DESK, KEY) as vault:
        identifier = vault.text_key(ticket(1)).id
        vault._token_bytes = interrupt
        with pytest.raises(KeyboardInterrupt):
            vault.rewrap(OTHER_KEY)
        assert set(vault.data_keys([identifier])) == {identifier}
    with pytest.raises(WrongDeskKey):
        Vault.open(directory, DESK, OTHER_KEY)
    with Vault.open(directory, DESK, KEY) as vault:
        assert set(vault.data_keys([identifier])) == {identifier}


def test_destroying_a_subjects_keys_leaves_no_byte_of_them(directory: Path) -> None:
    with Vault.open(directory, DESK, KEY) as vault:
        text = vault.text_key(ticket(1)).id
        subject = vault.subject_keys([ticket(1)])[ticket(1)].id
        kept = vault.subject_keys([ticket(2)])[ticket(2)].id
    with Vault.open(directory, DESK, KEY) as vault:
        assert vault.destroy([ticket(1)]) == 2
        assert vault.data_keys([text, subject, kept]).keys() == {kept}
        assert vault.subject_keys([ticket(1)])[ticket(1)].id != subject
        # From outside: closing a file here would drop the vault's locks on it.
        for gone in (text, subject):
            child = start("count_markers", directory, gone.hex())
            assert child.communicate(timeout=PATIENCE_SECONDS)[0].startswith("0 in ")
