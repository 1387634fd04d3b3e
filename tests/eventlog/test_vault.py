"""The vault: keys are durable before use, one per subject, never used twice, wrapped."""

import hashlib
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch

import pytest

from deskledger.eventlog.errors import WrongDeskKey
from deskledger.eventlog.vault import subject_keys
from deskledger.eventlog.vault.key_block import BLOCK_KEYS, LOW_KEYS
from deskledger.eventlog.vault.vault import Vault
from tests.eventlog.build import DESK, ticket
from tests.eventlog.child import start
from tests.eventlog.vaults import KEY, OTHER_KEY, named, rows
from tests.patience import PATIENCE_SECONDS


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


def test_changing_the_desk_key_keeps_every_key_and_locks_the_old_one_out(directory: Path) -> None:
    with Vault.open(directory, DESK, KEY) as vault:
        text = vault.text_key(ticket(1)).id
        subject = vault.subject_keys(["customer/a"])["customer/a"].id
        before = vault.data_keys([text, subject])
    with (
        Vault.open(directory, DESK, KEY) as late,
        Vault.open(directory, DESK, OTHER_KEY, former_keys=[KEY]) as changed,
    ):
        assert changed.rewrap() == 2
        assert changed.rewrap() == 0
        assert changed.data_keys([text, subject]) == before
        changed.subject_keys(["customer/c"])
        with pytest.raises(WrongDeskKey, match="changed"):
            late.subject_keys(["customer/b"])
    with pytest.raises(WrongDeskKey):
        Vault.open(directory, DESK, KEY)
    with Vault.open(directory, DESK, OTHER_KEY) as again:
        assert again.data_keys([text, subject]) == before
        assert again.secrets == vault.secrets


def test_more_subjects_than_are_remembered_keep_their_keys(vault: Vault) -> None:
    subjects = [f"customer/{number}" for number in range(30)]
    with patch.object(subject_keys, "REMEMBERED_MAX", 7):
        first = {subject: vault.subject_keys([subject])[subject].id for subject in subjects}
        again = {subject: key.id for subject, key in vault.subject_keys(subjects).items()}
    assert again == first


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
