# ruff: noqa: SLF001 - faults are put into the vault's own parts
"""A vault that is damaged, locked, full or interrupted loses no key and gives out none twice."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from deskledger.eventlog.errors import LedgerDamaged, Unavailable, WrongDeskKey
from deskledger.eventlog.vault.key_block import BLOCK_KEYS
from deskledger.eventlog.vault.vault import Vault
from tests.eventlog.build import DESK, ticket
from tests.eventlog.vaults import KEY, OTHER_KEY
from tests.patience import PATIENCE_SECONDS


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


def test_a_locked_vault_keeps_nobody_waiting_who_finds_a_key(directory: Path) -> None:
    def take(count: int) -> set[bytes]:
        return {vault.text_key(ticket(1)).id for _ in range(count)}

    # Whoever waited for the lock would do so for longer than the test waits for them.
    with (
        Vault.open(directory, DESK, KEY, deadline_seconds=10 * PATIENCE_SECONDS) as vault,
        ThreadPoolExecutor() as pool,
    ):
        taken = take(1)
        with closing(sqlite3.connect(directory / "vault.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            taken |= pool.submit(take, BLOCK_KEYS - 1).result(PATIENCE_SECONDS)
            assert len(taken) == BLOCK_KEYS
            # There is none left, so this one has to wait.
            waiting = pool.submit(take, 1)
        assert len(taken | waiting.result(PATIENCE_SECONDS)) == BLOCK_KEYS + 1


def test_a_change_of_the_desk_key_that_is_cut_off_changes_nothing(directory: Path) -> None:
    def interrupt(_count: int) -> bytes:
        if next(calls) > 3:
            raise KeyboardInterrupt
        return bytes(12)

    calls = iter(range(100))
    with Vault.open(directory, DESK, KEY) as vault:
        identifier = vault.text_key(ticket(1)).id
    with Vault.open(directory, DESK, OTHER_KEY, former_keys=[KEY], token_bytes=interrupt) as vault:
        with pytest.raises(KeyboardInterrupt):
            vault.rewrap()
        assert set(vault.data_keys([identifier])) == {identifier}
    with pytest.raises(WrongDeskKey):
        Vault.open(directory, DESK, OTHER_KEY)
    with Vault.open(directory, DESK, KEY) as vault:
        assert set(vault.data_keys([identifier])) == {identifier}
