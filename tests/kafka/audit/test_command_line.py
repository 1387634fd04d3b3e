"""`verify` on a topic from a directory that knows nothing of the desk."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deskledger.app.cli.program import app
from tests.cli.runs import Shell
from tests.kafka.brokers import Cluster
from tests.kafka.topics import Topics


@pytest.fixture
def shell(
    broker: Cluster, desk_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Shell:
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path / "far" / "desk")
    shell.ok("init", "--zone", "UTC", "--kafka", broker.bootstrap, "--name", desk_name)
    return shell


def audit(broker: Cluster, topic: str, *arguments: str | Path) -> Result:
    stated = ["verify", "--kafka", broker.bootstrap, "--topic", topic, *map(str, arguments)]
    return CliRunner().invoke(app, stated, catch_exceptions=False)


def test_a_topic_is_proved_and_its_checkpoint_is_that_of_the_desk(
    shell: Shell, broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    opened = shell.json("ticket", "open", "--subject", "Pump", "--from", "li@example.com")
    topic = f"{desk_name}.ledger"
    shell.ok("checkpoint", "--output", tmp_path / "kept.json")
    alone = audit(broker, topic, "--checkpoint", "-", "--against", tmp_path / "kept.json")
    assert alone.exit_code == 0
    assert alone.stdout == (tmp_path / "kept.json").read_text()
    told = json.loads(audit(broker, topic, "--json", "--stream", opened["number"]).stdout)
    assert told["holds"]
    assert told["stream"]["stream"] == opened["stream"]
    assert {path.name for path in tmp_path.iterdir()} == {"far", "kept.json"}


def test_the_export_of_a_desk_on_kafka_proves_what_its_topic_proves(
    shell: Shell, broker: Cluster, desk_name: str, tmp_path: Path
) -> None:
    number = str(shell.json("ticket", "open", "--subject", "Pump")["number"])
    shell.ok("export", "--lanes", tmp_path / "lanes")
    stated = ("--json", "--stream", number)
    topic = audit(broker, f"{desk_name}.ledger", *stated).stdout
    exported = CliRunner().invoke(app, ["verify", "--lanes", str(tmp_path / "lanes"), *stated])
    assert json.loads(exported.stdout) == json.loads(topic)
    desk = shell.json("verify", "--ledger-only", "--stream", number)
    assert desk == json.loads(topic)


def test_what_is_found_on_a_topic_has_its_exit_code(
    shell: Shell, broker: Cluster, desk_name: str
) -> None:
    assert shell.directory.exists()
    Topics(broker).delete_before(f"{desk_name}.ledger", 0, 1)
    cut = audit(broker, f"{desk_name}.ledger")
    assert cut.exit_code == 1
    assert "lane 0, record 1" in cut.stdout
    assert audit(broker, f"{desk_name}.vault").exit_code == 4
    assert audit(broker, f"{desk_name}.nothing").exit_code == 2
