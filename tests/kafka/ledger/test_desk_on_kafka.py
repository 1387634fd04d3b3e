"""The same command line on brokers as on a file."""

import json
from pathlib import Path

import pytest

from deskledger.eventlog.kafka.location import Location
from deskledger.eventlog.kafka.replica_file import REPLICA
from deskledger.eventlog.kafka.topics import LEDGER_SETTINGS
from tests.cli.runs import Shell, made_desk
from tests.kafka.brokers import Cluster
from tests.kafka.topics import Topics


@pytest.fixture
def shell(broker: Cluster, desk_name: str, tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "desk")
    shell.ok("init", "--zone", "UTC", "--kafka", broker.bootstrap, "--name", desk_name)
    return shell


def test_a_desk_on_kafka_opens_shows_queues_and_proves_tickets(shell: Shell) -> None:
    opened = shell.json(
        "ticket", "open", "--subject", "Printer", "--from", "ann@example.com", "--message", "Smoke"
    )
    number = str(opened["number"])
    assert opened["outcome"] == "done"
    shell.ok("ticket", "note", number, "Looked at it")
    assert shell.json("ticket", "show", number)["subject"] == "Printer"
    assert [row["number"] for row in shell.json("queue")["entries"]] == [opened["number"]]
    proof = shell.json("verify")
    assert proof["holds"]
    assert proof["void"] == {}


def test_a_repeated_command_gets_its_first_answer_on_kafka_too(shell: Shell) -> None:
    first = shell.json("ticket", "open", "--subject", "Printer", "--key", "k1")
    again = shell.json("ticket", "open", "--subject", "Printer", "--key", "k1")
    assert (again["number"], again["repeated"]) == (first["number"], True)


def test_a_deleted_replica_and_vault_are_read_again_from_the_log(shell: Shell) -> None:
    opened = shell.json("ticket", "open", "--subject", "Printer", "--message", "Smoke")
    number = str(opened["number"])
    before = shell.json("ticket", "history", number), shell.json("checkpoint")
    for file in shell.directory.glob("*.sqlite*"):
        file.unlink()
    assert (shell.json("ticket", "history", number), shell.json("checkpoint")) == before
    assert (shell.directory / REPLICA.name).exists()


def test_topics_that_hold_records_are_not_taken_for_a_new_desk(
    shell: Shell, broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    other = Shell(tmp_path / "other")
    told = other.fails(2, "init", "--zone", "UTC", "--kafka", broker.bootstrap, "--name", desk_name)
    assert "holds records already" in told
    assert not other.directory.exists()
    assert shell.json("verify")["holds"]


def test_a_name_that_no_topic_can_have_is_bad_input(broker: Cluster, tmp_path: Path) -> None:
    shell = Shell(tmp_path / "desk")
    told = shell.fails(2, "init", "--zone", "UTC", "--kafka", broker.bootstrap, "--name", "Süd")
    assert "no name of a desk" in told


def test_brokers_that_are_not_there_leave_no_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKLEDGER_KAFKA_CONNECT_SECONDS", "3")
    shell = Shell(tmp_path / "desk")
    told = shell.fails(3, "init", "--zone", "UTC", "--kafka", "127.0.0.1:9", "--name", "gone")
    assert "check that they run" in told
    assert not shell.directory.exists()


def test_an_embedded_desk_is_moved_and_found_well(
    broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    shell = made_desk(tmp_path / "desk")
    opened = shell.json("ticket", "open", "--subject", "Printer", "--message", "Smoke")
    before = shell.json("ticket", "history", str(opened["number"])), shell.json("checkpoint")
    arguments = ("move", "--to", "kafka", "--kafka", broker.bootstrap, "--name", desk_name)
    assert shell.json(*arguments)["ledger"] == f"{desk_name}.ledger"
    after = shell.json("ticket", "history", str(opened["number"])), shell.json("checkpoint")
    assert after == before
    assert shell.json("verify")["holds"]
    findings = shell.json("doctor")["findings"]
    assert {one["state"] for one in findings} == {"ok", "warning"}
    assert {one["about"] for one in findings} >= {"files", "topics", "in_sync", "clock", "rights"}
    assert "on Kafka already" in shell.fails(2, *arguments)


def test_a_second_directory_joins_the_desk(shell: Shell, broker: Cluster, tmp_path: Path) -> None:
    opened = shell.json("ticket", "open", "--subject", "Printer", "--message", "Smoke")
    name = Location.read(shell.directory).name
    other = Shell(tmp_path / "other")
    other.ok("join", "--kafka", broker.bootstrap, "--name", name)
    assert "desk.key" in other.fails(4, "ticket", "show", str(opened["number"]))
    (other.directory / "desk.key").write_bytes((shell.directory / "desk.key").read_bytes())
    (other.directory / "desk.key").chmod(0o600)
    number = str(opened["number"])
    assert other.json("ticket", "show", number) == shell.json("ticket", "show", number)
    assert "a desk already" in other.fails(2, "join", "--kafka", broker.bootstrap, "--name", name)
    nowhere = Shell(tmp_path / "third")
    told = nowhere.fails(2, "join", "--kafka", broker.bootstrap, "--name", "nothing-there")
    assert "no topics" in told


def test_doctor_names_each_setting_that_is_not_as_it_must_be_and_nothing_is_written(
    shell: Shell, broker: Cluster
) -> None:
    ledger = Location.read(shell.directory).ledger.name
    Topics(broker).configure(ledger, retention_ms="1000", cleanup_policy="compact")
    told = shell.run("--json", "doctor")
    assert told.exit_code == 1
    wrong = [one["told"] for one in json.loads(told.stdout)["findings"] if one["state"] == "wrong"]
    assert wrong == [
        f"{ledger}: cleanup.policy is compact, must be delete",
        f"{ledger}: retention.ms is 1000, must be -1",
    ]
    refused = shell.fails(3, "ticket", "open", "--subject", "Printer")
    assert "retention.ms is 1000, must be -1" in refused


def test_recover_exports_what_a_topic_has_lost_and_appends_it_again(
    shell: Shell, broker: Cluster, tmp_path: Path
) -> None:
    opened = shell.json("ticket", "open", "--subject", "Printer", "--message", "Smoke")
    number = str(opened["number"])
    before = shell.json("ticket", "history", number), shell.json("checkpoint")
    assert shell.json("recover")["lanes"] == []
    ledger = Location.read(shell.directory).ledger.name
    Topics(broker).delete(ledger)
    Topics(broker).create(ledger, 12, {**LEDGER_SETTINGS, "min.insync.replicas": "1"})
    assert "recover" in shell.fails(4, "ticket", "note", number, "Lost?")
    export = tmp_path / "lost.jsonl"
    assert shell.run("recover", "--export", export).exit_code == 1
    lost = [json.loads(line) for line in export.read_text(encoding="utf-8").splitlines()]
    assert {one["stream"] for one in lost} >= {opened["stream"], "lane/0", "desk"}
    shell.ok("recover", "--adopt", "--append")
    after = shell.json("ticket", "history", number), shell.json("checkpoint")
    assert after == before
    assert shell.json("recover")["lanes"] == []
