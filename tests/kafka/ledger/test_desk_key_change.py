"""Another desk key on Kafka: one node wraps all keys anew, while another one runs."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from deskledger.app.desk import Desk
from deskledger.app.desk_key_change import DeskKeyChange
from deskledger.eventlog.errors import LedgerDamaged, WrongDeskKey
from deskledger.eventlog.kafka.handover import Record
from deskledger.eventlog.kafka.ledger import KafkaLedger
from deskledger.eventlog.kafka.vault_records import SUBJECT, KeyRow, key_record
from deskledger.eventlog.vault.desk_key import FILE_NAME, FORMER_NAME
from deskledger.eventlog.vault.file import VAULT
from tests.kafka.brokers import Cluster
from tests.kafka.ledger.nodes import PATIENT, new_desk, second_node, settings_of
from tests.patience import wait_until

ANN, BOB = "customer/ann", "customer/bob"


@pytest.fixture
def one(broker: Cluster, desk_name: str, tmp_path: Path) -> Iterator[Desk]:
    with new_desk(broker, tmp_path / "one", desk_name) as desk:
        yield desk


@pytest.fixture
def change(one: Desk, broker: Cluster) -> DeskKeyChange:
    return DeskKeyChange(one.directory, settings_of(broker.bootstrap), wait_seconds=60.0)


def test_a_new_desk_key_opens_all_and_stops_nodes_that_have_the_old_one(
    one: Desk, change: DeskKeyChange, tmp_path: Path
) -> None:
    two = second_node(one, tmp_path / "two")
    # A key that is used, and whose the topic does not know yet, is wrapped anew as well.
    keys = {one.vault.subject_keys([ANN])[ANN].id, two.vault.text_key(ANN).id}
    one.close()
    changed = change.change()
    assert changed.keys >= len(keys)
    wait_until(two.ledger.refresh)
    with pytest.raises(WrongDeskKey, match="changed"):
        two.vault.subject_keys([BOB])
    two.close()
    with pytest.raises(WrongDeskKey):
        Desk.open(two.directory, kafka=PATIENT)
    (two.directory / FILE_NAME).write_bytes(changed.file.read_bytes())
    for directory in (one.directory, two.directory):
        with Desk.open(directory, kafka=PATIENT) as again:
            assert set(again.vault.data_keys(keys)) == keys
    assert change.finish() == 0


def test_what_a_node_told_late_under_the_old_desk_key_is_wrapped_anew(
    one: Desk, change: DeskKeyChange
) -> None:
    key = one.vault.subject_keys([ANN])[ANN].id
    with closing(sqlite3.connect(one.directory / VAULT.name)) as file:
        (wrapped,) = file.execute("SELECT wrapped FROM key WHERE id = ?", (key,)).fetchone()
    one.close()
    change.change()
    with Desk.open(one.directory, kafka=PATIENT) as again:
        assert isinstance(again.ledger, KafkaLedger)
        late = Record(0, *key_record(KeyRow(key, wrapped, ANN, SUBJECT)))
        again.ledger.tell_vault([late])
        with pytest.raises(LedgerDamaged, match="desk key"):
            again.vault.data_keys([key])
    assert change.finish() == 1
    assert change.finish() == 0
    (one.directory / FORMER_NAME).unlink()
    with Desk.open(one.directory, kafka=PATIENT) as again:
        assert set(again.vault.data_keys([key])) == {key}


def test_a_change_that_ended_behind_its_check_value_goes_on(
    one: Desk, change: DeskKeyChange, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = one.vault.subject_keys([ANN])[ANN].id
    one.close()
    tell = KafkaLedger.tell_vault

    def interrupted(ledger: KafkaLedger, records: list[Record]) -> None:
        tell(ledger, records[:1])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(KafkaLedger, "tell_vault", interrupted)
        with pytest.raises(KeyboardInterrupt):
            change.change()
    with pytest.raises(WrongDeskKey):
        Desk.open(one.directory, kafka=PATIENT)
    assert change.change().keys == 2, "the first agent has a key, too"
    with Desk.open(one.directory, kafka=PATIENT) as again:
        assert set(again.vault.data_keys([key])) == {key}
        assert again.vault.secrets == one.vault.secrets
