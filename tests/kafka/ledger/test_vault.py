"""The vault's topic: keys are in it before they are used, and gone everywhere once destroyed."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest
from kafka import KafkaProducer

from deskledger.app.desk import Desk
from deskledger.eventlog.errors import OutcomeUnknown, Unavailable
from deskledger.eventlog.kafka.ledger import KafkaLedger
from deskledger.eventlog.kafka.vault_records import key_name
from deskledger.eventlog.kafka.vault_sink import AWAY_SECONDS_MAX
from deskledger.eventlog.kafka.whole_topic import read_partition, topic_extents
from deskledger.eventlog.vault.file import VAULT
from tests.kafka.brokers import Cluster
from tests.kafka.ledger.nodes import PATIENT, expect_no_answer, new_desk, second_node
from tests.kafka.topics import wait_until

ANN, BOB = "customer/ann", "customer/bob"


@pytest.fixture
def desks(broker: Cluster, desk_name: str, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    with (
        new_desk(broker, tmp_path / "one", desk_name) as one,
        second_node(one, tmp_path / "two") as two,
    ):
        yield one, two


def vault_topic(desk: Desk) -> str:
    assert isinstance(desk.ledger, KafkaLedger)
    return desk.ledger.location.vault.name


def test_a_key_opens_at_every_node_what_it_seals(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    subject = one.vault.subject_keys([ANN])[ANN].id
    texts = [one.vault.text_key(ANN).id for _ in range(20)]
    ids = {subject, *texts}
    assert set(two.vault.data_keys(ids)) == ids
    assert two.vault.subject_keys([ANN])[ANN].id == subject


def test_destroyed_keys_are_gone_from_every_node_and_file(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    mine = {one.vault.subject_keys([ANN])[ANN].id, one.vault.text_key(ANN).id}
    kept = one.vault.subject_keys([BOB])[BOB].id
    assert set(two.vault.data_keys(mine)) == mine
    one.vault.close()
    # Whose a used text key is stands in the topic once the process that used it has closed.
    wait_until(two.ledger.refresh)
    assert two.vault.destroy([ANN]) == 2
    assert two.vault.data_keys([*mine, kept]).keys() == {kept}
    wait_until(one.ledger.refresh)
    for desk in desks:
        with closing(sqlite3.connect(desk.directory / VAULT.name)) as file:
            stored = {row for (row,) in file.execute("SELECT id FROM key")}
        assert stored.isdisjoint(mine)


def test_single_keys_are_destroyed_at_every_node_while_others_of_the_person_stay(
    desks: tuple[Desk, Desk],
) -> None:
    one, two = desks
    redacted, kept = one.vault.text_key(ANN).id, one.vault.text_key(ANN).id
    assert set(two.vault.data_keys([redacted, kept])) == {redacted, kept}
    assert two.vault.destroy_keys([redacted, bytes(12)]) == 1
    assert two.vault.destroy_keys([redacted]) == 0
    wait_until(one.ledger.refresh)
    for desk in desks:
        assert desk.vault.data_keys([redacted, kept]).keys() == {kept}
    # Whose the used keys have become is told now; what was destroyed does not come back.
    one.vault.close()
    wait_until(two.ledger.refresh)
    assert two.vault.data_keys([redacted, kept]).keys() == {kept}


def test_a_destroyed_key_reads_as_erased_without_brokers_once_that_was_known(
    desks: tuple[Desk, Desk], broker: Cluster
) -> None:
    one, _ = desks
    key = one.vault.subject_keys([ANN])[ANN].id
    one.vault.destroy([ANN])
    assert one.vault.data_keys([key]) == {}
    broker.kill_all()
    assert one.vault.data_keys([key]) == {}


def test_a_key_that_may_yet_come_is_not_taken_for_a_destroyed_one(
    desks: tuple[Desk, Desk], broker: Cluster
) -> None:
    one, _ = desks
    broker.kill_all()
    assert isinstance(one.ledger, KafkaLedger)
    expect_no_answer(one.ledger)
    with pytest.raises(Unavailable, match="not been read yet"):
        one.vault.data_keys([bytes(12)])


def test_no_key_is_given_out_that_the_topic_does_not_have(
    desks: tuple[Desk, Desk], broker: Cluster
) -> None:
    one, _ = desks
    broker.kill_all()
    assert isinstance(one.ledger, KafkaLedger)
    expect_no_answer(one.ledger)
    with pytest.raises((Unavailable, OutcomeUnknown)):
        one.vault.subject_keys([ANN])
    with pytest.raises((Unavailable, OutcomeUnknown)):
        list(map(one.vault.text_key, [ANN] * 1_000))
    broker.heal()

    def given() -> bool:
        with suppress(Unavailable, OutcomeUnknown):
            return ANN in one.vault.subject_keys([ANN])
        return False

    wait_until(given)


def test_keys_that_were_not_used_are_destroyed_when_a_node_closes(
    desks: tuple[Desk, Desk],
) -> None:
    one, two = desks
    used = one.vault.text_key(ANN).id
    one.close()
    wait_until(two.ledger.refresh)
    with closing(sqlite3.connect(two.directory / VAULT.name)) as file:
        rows = file.execute("SELECT id, purpose FROM key WHERE purpose = 'text'").fetchall()
        held = file.execute("SELECT count(*) FROM key WHERE purpose IS NULL").fetchone()
    assert rows == [(used, "text")]
    assert held == (0,)


def test_garbage_in_the_topic_says_nothing(desks: tuple[Desk, Desk], broker: Cluster) -> None:
    one, two = desks
    key = one.vault.subject_keys([ANN])[ANN].id
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, metrics_enabled=False)
    name = b"key/" + key.hex().encode()
    records = [
        (b"\xff", b"x"),
        (b"key/00", b"{}"),
        (name, b"no JSON"),
        (name, b'{"format":1,"wrapped":7}'),
        (name, b'{"format":2,"wrapped":"AAAA"}'),
        (name, b'{"format":1,"wrapped":"AAAA","subject":1}'),
        (b"secret/command", b'{"format":1}'),
        (b"secret/command", None),
    ]
    for garbage, value in records:
        producer.send(vault_topic(one), value, garbage, partition=0).get(60)
    producer.close(timeout=60)
    wait_until(two.ledger.refresh)
    assert set(two.vault.data_keys([key])) == {key}
    assert two.vault.secrets == one.vault.secrets


def test_a_node_that_was_away_too_long_reads_the_vault_anew(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    key, gone = one.vault.subject_keys([ANN])[ANN].id, bytes(12)
    assert set(two.vault.data_keys([key])) == {key}
    two.close()
    with closing(sqlite3.connect(two.directory / VAULT.name)) as file, file:
        # A key whose destruction the brokers no longer tell of.
        file.execute("INSERT INTO key (id, wrapped) VALUES (?, x'00')", (gone,))
        long_ago = int(time.time() - AWAY_SECONDS_MAX - 60)
        file.execute("UPDATE meta SET value = ? WHERE name = 'at'", (long_ago,))
    with Desk.open(two.directory, kafka=PATIENT) as again:
        assert set(again.vault.data_keys([key])) == {key}
        with closing(sqlite3.connect(two.directory / VAULT.name)) as file:
            rows = file.execute("SELECT count(*) FROM key WHERE id = ?", (gone,)).fetchone()
        assert rows == (0,)


def last_words(desk: Desk) -> dict[bytes | None, bytes | None]:
    """What compaction would leave of the vault's topic."""
    assert isinstance(desk.ledger, KafkaLedger)
    topic, settings = vault_topic(desk), desk.ledger.log.settings
    (extent,) = topic_extents(settings, topic)
    read = read_partition(settings, topic, 0, extent)
    return {record.key: record.value for records in read for record in records}


def test_a_key_that_is_told_of_behind_its_destruction_is_destroyed_again_by_any_node(
    desks: tuple[Desk, Desk], broker: Cluster
) -> None:
    one, two = desks
    key = one.vault.subject_keys([ANN])[ANN].id
    name = key_name(key)
    told = last_words(one)[name]
    assert two.vault.destroy([ANN]) == 1
    with closing(KafkaProducer(bootstrap_servers=broker.bootstrap)) as producer:
        producer.send(vault_topic(one), told, name, partition=0).get(60)
    wait_until(lambda: last_words(one)[name] is None)
    wait_until(one.ledger.refresh)
    assert one.vault.data_keys([key]) == two.vault.data_keys([key]) == {}


def test_keys_that_are_destroyed_while_their_user_names_them_do_not_come_back(
    desks: tuple[Desk, Desk],
) -> None:
    one, two = desks
    used: list[bytes] = []

    def use() -> None:
        used.extend(one.vault.text_key(ANN).id for _ in range(600))
        one.vault.close()

    with ThreadPoolExecutor() as pool:
        using = pool.submit(use)
        destroyed: set[bytes] = set()
        while not (using.done() and destroyed):
            time.sleep(0.01)
            some = set(used[len(destroyed) :][:5])
            two.vault.destroy_keys(some)
            destroyed |= some
        using.result()
    assert destroyed
    wait_until(lambda: not any(last_words(two)[key_name(key)] for key in destroyed))
    wait_until(two.ledger.refresh)
    assert two.vault.data_keys(used).keys() == set(used) - destroyed
