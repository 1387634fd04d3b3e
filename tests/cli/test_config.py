"""Configuration on the command line: checked, compared, published, withdrawn."""

import json
from pathlib import Path
from typing import Any

import pytest

from deskledger.app.cli.config.comparing import changes_between
from deskledger.app.desk import Desk
from tests.cli.runs import Shell

CODES = {"format": 2, "zone": "Asia/Shanghai", "country": "CN", "locales": ["zh"]}
REFUND = {
    "format": 1,
    "names": {"en": "Refund", "zh": "退款"},
    "fields": [{"code": "order", "type": "text", "required": ["open"]}],
}


def document(directory: Path, value: Any) -> Path:
    path = directory / "document.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def publish(shell: Shell, name: str, value: Any, *options: str) -> dict[str, Any]:
    return shell.json("config", "publish", name, "-", *options, stdin=json.dumps(value))


def test_a_document_is_published_shown_compared_and_withdrawn(shell: Shell, tmp_path: Path) -> None:
    path = document(tmp_path, REFUND)
    assert "can be published" in shell.ok("config", "check", "ticket-type/refund", path)
    told = shell.ok("config", "publish", "ticket-type/refund", path, "--note", "first")
    assert "The ticket type refund: done (Published), version 1." in told
    assert "nothing to do" in shell.ok("config", "publish", "ticket-type/refund", path)
    shown = shell.json("config", "show", "ticket-type/refund")
    assert (shown["version"], shown["state"], shown["note"]) == (1, "in_force", "first")
    assert shown["document"]["fields"][0]["code"] == "order"
    changed = document(tmp_path, {**REFUND, "fields": []})
    compared = shell.run("config", "diff", "ticket-type/refund", changed)
    assert compared.exit_code == 1
    assert compared.stdout.startswith("$.fields[0]: {")
    shell.ok("config", "publish", "ticket-type/refund", changed)
    assert shell.run("config", "diff", "ticket-type/refund", "--from", "1").exit_code == 1
    assert "no difference" in shell.ok("config", "diff", "ticket-type/refund", changed)
    shell.ok("config", "withdraw", "ticket-type/refund", "2")
    listed = shell.json("config", "list", "--all")["configuration"]
    standing = [(one["name"], one["version"], one["state"]) for one in listed]
    assert ("ticket-type/refund", 1, "in_force") in standing
    assert ("ticket-type/refund", 2, "withdrawn") in standing
    assert ("desk", 1, "in_force") in standing
    assert "退款" in shell.ok("config", "show", "ticket-type/refund", "--version", "1")
    assert "生效中" in shell.ok("--language", "zh", "config", "list")


def test_every_fault_is_told_with_its_path_and_nothing_is_published(
    shell: Shell, tmp_path: Path
) -> None:
    wrong = {**CODES, "zone": "Mars/Olympus", "prioritys": [], "tiers": [{"code": "VIP"}]}
    path = document(tmp_path, wrong)
    for verb in ("check", "publish", "diff"):
        told = shell.fails(2, "config", verb, "desk", path)
        assert (
            "$.prioritys: there is no prioritys here; the nearest valid name is priorities" in told
        )
        assert "$.tiers[0].code: VIP has not the form" in told
        assert "$.zone: no such time zone" in told
        assert "faults: 3." in told
    assert "最接近的有效名称是 priorities" in shell.fails(
        2, "--language", "zh", "config", "check", "desk", path
    )
    error = json.loads(shell.fails(2, "--json", "config", "publish", "desk", path))
    assert [path for path, _ in error["facts"]["problems"]] == [
        "$.prioritys",
        "$.tiers[0].code",
        "$.zone",
    ]
    assert shell.json("config", "show", "desk")["published"] == 1


def test_a_dry_run_says_what_would_change_or_be_refused_and_records_nothing(shell: Shell) -> None:
    told = publish(shell, "desk", {**CODES, "country": "DE"}, "--dry-run")
    assert {change["path"] for change in told["changes"]} == {
        "$.country",
        "$.locales[0]",
        "$.locales[1]",
    }
    shell.fails(
        1, "config", "publish", "desk", "-", "--replaces", "7", "--dry-run", stdin=json.dumps(CODES)
    )
    assert shell.json("config", "show", "desk")["published"] == 1
    with Desk.open(shell.directory) as desk:
        assert desk.writer.streams.load("desk").version == 1


def test_of_two_editors_the_second_is_refused(shell: Shell) -> None:
    publish(shell, "desk", CODES, "--replaces", "1")
    told = shell.fails(
        1,
        "config",
        "publish",
        "desk",
        "-",
        "--replaces",
        "1",
        stdin=json.dumps({**CODES, "country": "DE"}),
    )
    assert "Version 2 was published meanwhile" in told


def test_only_an_admin_publishes(shell: Shell) -> None:
    shell.ok("agent", "add", "Li Na", "--role", "agent")
    told = shell.fails(
        1, "--as", "Li Na", "config", "publish", "desk", "-", stdin=json.dumps(CODES)
    )
    assert "role admin" in told


def test_what_is_published_guards_tickets_from_then_on(shell: Shell) -> None:
    publish(
        shell, "desk", {**CODES, "types": [{"code": "refund"}], "resolutions": [{"code": "paid"}]}
    )
    publish(shell, "ticket-type/refund", REFUND)
    told = shell.fails(1, "ticket", "open", "--channel", "web", "--type", "refnd")
    assert "The desk has no type_code refnd; the nearest valid one is refund." in told
    told = shell.fails(1, "ticket", "open", "--channel", "web", "--type", "refund")
    assert "order" in told
    opened = shell.json(
        "ticket", "open", "--channel", "web", "--type", "refund", "--field", "order=A-1"
    )
    number = str(opened["number"])
    told = shell.fails(1, "ticket", "solve", number, "--resolution", "pad")
    assert "nearest valid one is paid" in told


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("desks", "{}", "the nearest is desk"),
        ("desk/x", "{}", "no stream"),
        ("ticket-type", "{}", "no stream"),
        ("ticket-type/A B", "{}", ""),
        ("desk", "{", "no JSON"),
        ("desk", '{"format": 2, "format": 2}', "stands twice"),
        ("desk", "[]", "no JSON object"),
        ("desk", "[" * 100_000, "no JSON"),
    ],
)
def test_what_is_no_name_or_no_document_is_bad_input(
    shell: Shell, tmp_path: Path, name: str, text: str, part: str
) -> None:
    assert part in shell.fails(2, "config", "publish", name, document(tmp_path, text))


def test_what_was_never_published_is_said_to_be_so(shell: Shell) -> None:
    assert "config list" in shell.fails(2, "config", "show", "ticket-type/refund")
    assert "newest is 1" in shell.fails(2, "config", "show", "desk", "--version", "2")


def test_documents_are_compared_as_deep_as_they_have_one_shape() -> None:
    before = {"a": [1, {"b": 1}], "c": 1, "d": {"e": 1}}
    after = {"a": [1, {"b": 2}, 3], "c": True, "f": None}
    paths = [path for path, _, _ in changes_between(before, after)]
    assert paths == ["$.a[1].b", "$.a[2]", "$.c", "$.d", "$.f"]
    assert list(changes_between(before, json.loads(json.dumps(before)))) == []
