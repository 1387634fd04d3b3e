"""The same command line on brokers as on a file."""

from pathlib import Path

import pytest

from deskledger.eventlog.kafka.replica_file import REPLICA
from tests.cli.runs import Shell
from tests.kafka.brokers import Cluster


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
    assert [row["number"] for row in shell.json("queue")["tickets"]] == [opened["number"]]
    proof = shell.json("verify")
    assert proof["holds"]
    assert proof["void"] == 0


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


def test_brokers_that_are_not_there_leave_no_desk(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "desk")
    told = shell.fails(3, "init", "--zone", "UTC", "--kafka", "127.0.0.1:9", "--name", "gone")
    assert "check that they run" in told
    assert not shell.directory.exists()
