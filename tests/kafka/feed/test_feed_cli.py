"""The feed from the command line: made, published, watched, described."""

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from deskledger.consumers.publisher.allow_list import shipped_allow_list
from deskledger.consumers.publisher.documents import feed_documents
from deskledger.eventlog.store.embedded import EmbeddedLedger
from tests.cli.runs import PROGRAM, Shell, made_desk
from tests.kafka.brokers import Cluster
from tests.kafka.feed.reading import LANES, assert_complete, feed_records, feed_settings, handled
from tests.kafka.topics import wait_until
from tests.patience import PATIENCE_SECONDS

OPENED = """format = 1
[ticket.TicketOpened.v1]
fields = ["kind"]
personal = ["subject"]
"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    for name in ("DESK", "DESK_KEY", "AS", "LANGUAGE", "ALLOW_LIST", "KAFKA_BOOTSTRAP"):
        monkeypatch.delenv(f"DESKLEDGER_{name}", raising=False)
    shell = made_desk(tmp_path / "desk")
    open_tickets(shell, 3)
    return shell


def open_tickets(shell: Shell, count: int) -> None:
    for _ in range(count):
        shell.ok("ticket", "open", "--channel", "email", "--subject", "It is broken")


def feed(broker: Cluster, name: str) -> tuple[str, ...]:
    return ("--kafka", broker.bootstrap, "--name", name)


def test_a_feed_is_made_published_and_watched(
    broker: Cluster, desk_name: str, shell: Shell
) -> None:
    stated = feed(broker, desk_name)
    assert shell.json("feed", "init", *stated) == {"topic": f"{desk_name}.events", "made": True}
    assert not shell.json("feed", "init", *stated)["made"]
    told = shell.json("publish", "--until-now", *stated)
    assert (told["published"], told["unreadable"]) == (3, 0)
    with EmbeddedLedger.open(shell.directory) as ledger:
        assert_complete(broker, feed_settings(broker, desk_name), ledger)
    lanes = shell.json("feed", "status", *stated)["lanes"]
    assert [lane["lane"] for lane in lanes] == list(range(LANES))
    assert all(lane["behind"] == lane["behind_seconds"] == 0 for lane in lanes)
    assert all(lane["silent_seconds"] is not None for lane in lanes)


def test_events_that_are_withheld_at_the_end_are_not_told_as_behind(
    broker: Cluster, desk_name: str, shell: Shell
) -> None:
    stated = feed(broker, desk_name)
    shell.ok("feed", "init", *stated)
    number = str(shell.json("ticket", "open")["number"])
    shell.ok("ticket", "note", number, "for agents alone")
    told = shell.json("publish", "--until-now", *stated)
    assert told["withheld"] > 0
    assert all(lane["behind"] == 0 for lane in shell.json("feed", "status", *stated)["lanes"])
    with EmbeddedLedger.open(shell.directory) as ledger:
        assert_complete(broker, feed_settings(broker, desk_name), ledger)


def test_a_feed_that_was_not_made_is_told_as_that(
    broker: Cluster, desk_name: str, shell: Shell
) -> None:
    for verb in (["feed", "status"], ["publish", "--until-now"]):
        assert "deskledger feed init" in shell.fails(2, *verb, *feed(broker, desk_name))


def test_a_name_that_no_topic_can_have_is_bad_input(shell: Shell) -> None:
    told = shell.fails(2, "feed", "init", "--kafka", "localhost:1", "--name", "Bad Name")
    assert "no name for a topic" in told


def test_the_status_says_how_many_events_wait_and_for_how_long(
    broker: Cluster, desk_name: str, shell: Shell
) -> None:
    stated = feed(broker, desk_name)
    shell.ok("feed", "init", *stated)
    lanes = shell.json("feed", "status", *stated)["lanes"]
    assert sum(lane["behind"] for lane in lanes) == sum(lane["reached"] for lane in lanes) > 0
    for lane in lanes:
        assert (lane["behind_seconds"] > 0) == (lane["behind"] > 0)
        assert lane["silent_seconds"] is None
    table = shell.ok("--language", "zh", "feed", "status", *stated)
    assert "落后（秒）" in table
    assert len(table.splitlines()) >= LANES


def test_a_publisher_runs_until_it_is_asked_to_stop(
    broker: Cluster, desk_name: str, shell: Shell
) -> None:
    stated = feed(broker, desk_name)
    shell.ok("feed", "init", *stated)
    command = [*PROGRAM, "--desk", str(shell.directory), "--json", "publish", *stated]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:  # noqa: S603
        try:
            open_tickets(shell, 2)
            records = feed_settings(broker, desk_name).topic
            wait_until(lambda: _handled(broker, records) == 5)
            running.send_signal(signal.SIGTERM)
            _, logs = running.communicate(timeout=PATIENCE_SECONDS)
        finally:
            running.kill()
    assert running.returncode == 0
    told = [json.loads(line)["event"] for line in logs.splitlines()]
    assert (told[0], told[-1]) == ("role_began", "role_ended")


def _handled(broker: Cluster, topic: str) -> int:
    return sum(len(handled(records)) for records in feed_records(broker, topic).values())


def test_a_list_of_the_desks_own_opens_what_it_names(
    broker: Cluster, desk_name: str, shell: Shell, tmp_path: Path
) -> None:
    stated = feed(broker, desk_name)
    shell.ok("feed", "init", *stated)
    allowed = tmp_path / "allow.toml"
    allowed.write_text(OPENED, encoding="utf-8")
    told = shell.ok("publish", "--until-now", "--allow-list", allowed, *stated)
    assert "published 3 events" in told
    bodies: list[Any] = [
        json.loads(record.value)
        for records in feed_records(broker, f"{desk_name}.events").values()
        for record in handled(records)
    ]
    assert [body["event"] for body in bodies] == [
        {"kind": "request", "subject": "It is broken"} for _ in range(3)
    ]


def test_a_list_that_is_not_valid_is_bad_input(
    broker: Cluster, desk_name: str, shell: Shell, tmp_path: Path
) -> None:
    allowed = tmp_path / "allow.toml"
    allowed.write_text(OPENED.replace("subject", "tags"), encoding="utf-8")
    stated = feed(broker, desk_name)
    told = shell.fails(2, "publish", "--until-now", "--allow-list", allowed, *stated)
    assert "tags is not personal; list it under `fields`" in told
    assert "tags" in shell.fails(2, "--language", "zh", "publish", "--allow-list", allowed, *stated)
    assert "No such file" in shell.fails(2, "publish", "--allow-list", tmp_path / "none", *stated)


def test_a_desk_without_brokers_is_told_to_name_some(shell: Shell) -> None:
    assert "--kafka HOST:PORT" in shell.fails(2, "publish")
    assert "--kafka HOST:PORT" in shell.fails(2, "feed", "status")


def test_brokers_that_cannot_be_reached_are_unavailable(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKLEDGER_KAFKA_CONNECT_SECONDS", "3")
    told = shell.fails(3, "publish", "--until-now", "--kafka", "127.0.0.1:1")
    assert "check that they run" in told


def test_a_topic_that_is_missing_is_bad_input(
    broker: Cluster, desk_name: str, shell: Shell
) -> None:
    told = shell.fails(2, "publish", *feed(broker, desk_name))
    assert "`deskledger feed init` makes it" in told


def test_the_documents_are_written_without_a_desk(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "none")
    told = shell.json("feed", "docs", tmp_path / "docs")
    documents = feed_documents(shipped_allow_list())
    assert told["files"] == sorted(documents)
    for name, document in documents.items():
        assert (tmp_path / "docs" / name).read_bytes() == document
