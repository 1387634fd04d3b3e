"""Export, and proving what was exported without the desk: what is told, and with which code."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deskledger.app.cli.program import app
from deskledger.eventlog.records import Draft
from deskledger.eventlog.store.embedded import EmbeddedLedger
from tests.cli.runs import Shell
from tests.eventlog.build import commit


@pytest.fixture
def lanes(shell: Shell, tmp_path: Path) -> Path:
    """The export of a desk with one ticket; the desk itself is gone."""
    shell.ok("ticket", "open", "--subject", "Geheimnis der Pumpe", "--from", "li@example.com")
    shell.ok("checkpoint", "--output", tmp_path / "checkpoint.json")
    shell.ok("export", "--lanes", tmp_path / "lanes")
    shutil.rmtree(shell.directory)
    return tmp_path / "lanes"


def audit(*arguments: str | Path) -> Result:
    """Runs a command that is told of no desk."""
    return CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)


def answer(*arguments: str | Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(audit("--json", *arguments).stdout)
    return told


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def ticket_of(lanes: Path) -> str:
    keys = [
        json.loads(line).get("key", "")
        for path in sorted(lanes.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    (stream,) = {key for key in keys if key.startswith("ticket/")}
    return str(stream)


def changed(lanes: Path) -> tuple[int, int]:
    """Changes a word of the ticket's record and says where."""
    for path in sorted(lanes.glob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").split("\n")
        for record, line in enumerate(lines):
            if '"key":"ticket/' in line:
                lines[record] = line.replace("request", "reqeust")
                path.write_text("\n".join(lines), encoding="utf-8")
                return json.loads(lines[0])["lane"], record
    raise AssertionError("no ticket")


def test_export_says_what_it_wrote(shell: Shell, tmp_path: Path) -> None:
    told = shell.json("export", "--lanes", tmp_path / "out")
    assert [lane["file"] for lane in told["lanes"]] == [f"lane-{n:02}.jsonl" for n in range(12)]
    checkpoint = shell.json("checkpoint")
    assert told["desk"] == checkpoint["desk"]
    assert [lane.pop("file") for lane in told["lanes"]] == [
        path.name for path in sorted((tmp_path / "out").glob("*.jsonl"))
    ]
    assert all(lane.pop("bytes") and len(lane.pop("sha256")) == 64 for lane in told["lanes"])
    assert told["lanes"] == checkpoint["lanes"]
    assert "12" in shell.ok("export", "--lanes", tmp_path / "out")
    assert "导出" not in shell.ok("export", "--lanes", tmp_path / "out", "--language", "zh")


def test_export_needs_no_desk_key(shell: Shell, tmp_path: Path) -> None:
    (shell.directory / "desk.key").unlink()
    shell.ok("export", "--lanes", tmp_path / "out")
    assert "one of --lanes, --tables" in shell.fails(2, "export")


def test_a_full_disk_ends_an_export_with_3(shell: Shell, tmp_path: Path) -> None:
    shell.ok("ticket", "open", "--message", "x" * 65_000)
    done = shell.process("export", "--lanes", tmp_path / "out", file_bytes_max=60_000)
    assert done.returncode == 3
    assert "File too large" in done.stderr
    assert [path.name for path in (tmp_path / "out").glob(".*")] == []


def test_an_export_holds_without_the_desk(lanes: Path, tmp_path: Path) -> None:
    done = audit("verify", "--lanes", lanes)
    assert done.exit_code == 0
    assert "12 of the 12 lanes" in done.stdout
    assert "--against" in done.stderr
    assert done.stdout.splitlines()[-1] == (tmp_path / "checkpoint.json").read_text().strip()
    against = audit("verify", "--lanes", lanes, "--against", tmp_path / "checkpoint.json")
    assert (against.exit_code, against.stderr) == (0, "")
    assert "记录无误" in audit("verify", "--lanes", lanes, "--language", "zh").stdout
    assert not (tmp_path / "desk").exists()


def test_a_checkpoint_is_written_or_printed_alone(lanes: Path, tmp_path: Path) -> None:
    kept = (tmp_path / "checkpoint.json").read_text()
    alone = audit("verify", "--lanes", lanes, "--checkpoint", "-")
    assert alone.stdout == kept
    assert "12 of the 12 lanes" in alone.stderr
    audit("verify", "--lanes", lanes, "--checkpoint", tmp_path / "other.json")
    assert (tmp_path / "other.json").read_text() == kept
    told = answer("verify", "--lanes", lanes, "--checkpoint", tmp_path / "third.json")
    assert (tmp_path / "third.json").read_text() == kept
    assert told["lanes"] == json.loads(kept)["lanes"]
    nowhere = audit("verify", "--lanes", lanes, "--checkpoint", tmp_path / "no" / "x.json")
    assert nowhere.exit_code == 2


def test_a_changed_record_ends_with_1_and_gives_no_checkpoint(lanes: Path, tmp_path: Path) -> None:
    lane, record = changed(lanes)
    done = audit("verify", "--lanes", lanes, "--checkpoint", tmp_path / "new.json")
    assert done.exit_code == 1
    assert f"lane {lane}, record {record}, ticket/" in done.stdout
    assert '"format":1' not in done.stdout
    assert not (tmp_path / "new.json").exists()
    (difference,) = answer("verify", "--lanes", lanes)["differences"]
    assert (difference["lane"], difference["record"]) == (lane, record)


def test_one_ticket_is_told_by_number_and_by_name(lanes: Path) -> None:
    stream = ticket_of(lanes)
    told = answer("verify", "--lanes", lanes, "--stream", stream)["stream"]
    assert answer("verify", "--lanes", lanes, "--stream", str(told["number"]))["stream"] == told
    assert told["stream"] == stream
    first = told["events"][0]
    assert (first["type"], first["version"]) == ("TicketOpened", 1)
    assert first["commit"]["prev"] == told["genesis"]
    assert told["events"][-1]["commit"]["hash"] == told["head"]["hash"]
    assert first["actor"]["kind"] == "agent"
    assert first["software"].startswith("deskledger ")
    assert first["reads"][0]["stream"].startswith("customer/")
    assert (first["on_behalf_of"], first["by"], first["cause"]) == (None, None, None)
    assert list(first["data"]["subject"]) == ["$p"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["actor", "was read", "[sealed]", "lane hash after", "No void record"]),
        ("zh", ["执行者", "所读", "[已封存]", "此后通道哈希", "没有作废记录"]),
    ],
)
def test_one_ticket_is_told_to_people_with_personal_values_sealed(
    lanes: Path, language: str, words: list[str]
) -> None:
    stream = ticket_of(lanes)
    text = audit("verify", "--lanes", lanes, "--stream", stream, "--language", language).stdout
    told = answer("verify", "--lanes", lanes, "--stream", stream)["stream"]
    assert all(word in text for word in words)
    assert "Geheimnis" not in text
    assert told["genesis"] in text
    for event in told["events"]:
        assert event["commit"]["hash"] in text
        assert event["record"]["hash_after"] in text


def test_a_ticket_is_told_from_the_desk_itself_too(shell: Shell) -> None:
    number = str(shell.json("ticket", "open")["number"])
    told = shell.json("verify", "--ledger-only", "--stream", number)
    assert told["stream"]["number"] == int(number)
    assert "TicketOpened" in shell.ok("verify", "--ledger-only", "--stream", number)


def test_void_attempts_are_told(shell: Shell, tmp_path: Path) -> None:
    stream = shell.json("ticket", "open")["stream"]
    with EmbeddedLedger.open(shell.directory) as ledger:
        (receipt,) = ledger.append([Draft(stream, commit(stream))])
    shell.ok("export", "--lanes", tmp_path / "lanes")
    stated = ("verify", "--lanes", tmp_path / "lanes", "--stream", stream)
    told = answer(*stated)["stream"]
    (attempt,) = told["attempts"]
    assert told["void"] == {"conflict": 1}
    assert (attempt["lane"], attempt["record"]) == (receipt.lane, receipt.record)
    assert (attempt["reason"], attempt["software"]) == ("conflict", "deskledger tests")
    assert "deskledger tests" in audit(*stated).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--lanes", "missing"),
        ("--lanes", "."),
        ("--topic", "desk.ledger"),
        ("--kafka", "127.0.0.1:9"),
        ("--lanes", "lanes", "--kafka", "127.0.0.1:9", "--topic", "desk.ledger"),
        ("--lanes", "lanes", "--stream", "no stream"),
        ("--lanes", "lanes", "--stream", "999999"),
    ],
)
def test_what_is_not_clear_is_bad_input(lanes: Path, arguments: tuple[str, ...]) -> None:
    assert lanes.is_dir()
    done = audit("verify", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ")


def test_brokers_that_are_not_there_end_with_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKLEDGER_KAFKA_CONNECT_SECONDS", "0.3")
    done = audit("verify", "--kafka", "127.0.0.1:9", "--topic", "desk.ledger")
    assert done.exit_code == 3


def test_a_file_of_a_desk_is_not_taken_for_an_export(shell: Shell) -> None:
    done = audit("verify", "--lanes", shell.directory / "ledger.sqlite")
    assert done.exit_code == 2
    assert "--desk" in done.stderr
    shell.ok("verify", "--ledger-only")


def test_another_file_is_foreign(tmp_path: Path) -> None:
    (tmp_path / "lane-00.jsonl").write_text("{}\n", encoding="utf-8")
    assert audit("verify", "--lanes", tmp_path / "lane-00.jsonl").exit_code == 4
