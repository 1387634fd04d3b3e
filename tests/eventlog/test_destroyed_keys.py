"""Keys that are destroyed while another process, or thread, still has them in hand."""

from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

from deskledger.eventlog.randomness import random_bytes
from deskledger.eventlog.vault.file import VAULT
from deskledger.eventlog.vault.sealed_value import DataKey
from deskledger.eventlog.vault.store import VaultStore
from deskledger.eventlog.vault.vault import Vault
from deskledger.eventlog.vault.wrapping import Wrapping
from tests.eventlog.build import DESK
from tests.eventlog.vaults import KEY

ANN, BOB = "customer/ann", "customer/bob"


def test_a_key_that_was_destroyed_before_it_was_named_names_no_other_key(directory: Path) -> None:
    with Vault.open(directory, DESK, KEY) as other:
        with Vault.open(directory, DESK, KEY) as vault:
            redacted = vault.text_key(ANN).id
            assert other.destroy_keys([redacted]) == 1
            # It takes the place of the destroyed one in the file.
            kept = other.text_key(BOB).id
        assert other.data_keys([redacted, kept]).keys() == {kept}
        assert other.destroy([ANN]) == 0
        assert other.data_keys([kept]).keys() == {kept}


class AskedMeanwhile(VaultStore):
    """A vault's file of which somebody wants a key just when it is destroyed."""

    ask: Callable[[], Future[dict[str, DataKey]]]

    def destroy(self, subjects: Collection[str]) -> int:
        """Lets the other one go ahead, then destroys."""
        wait([self.ask()], 0.2)
        return super().destroy(subjects)


def test_a_subjects_key_that_is_asked_for_while_it_is_destroyed_is_a_new_one(
    directory: Path,
) -> None:
    with Vault.open(directory, DESK, KEY) as vault:
        old = vault.subject_keys([ANN])[ANN].id
    asked: list[Future[dict[str, DataKey]]] = []
    store = AskedMeanwhile(directory / VAULT.name, Wrapping(DESK, KEY, random_bytes), 5.0)
    with Vault(store, random_bytes) as vault, ThreadPoolExecutor() as pool:

        def ask() -> Future[dict[str, DataKey]]:
            asked.append(pool.submit(vault.subject_keys, [ANN]))
            return asked[0]

        store.ask = ask
        assert vault.destroy([ANN]) == 1
        given = asked[0].result()[ANN].id
        assert given == vault.subject_keys([ANN])[ANN].id != old
        assert vault.data_keys([given, old]).keys() == {given}
