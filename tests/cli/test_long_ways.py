"""A long way of records is staged in processes of its own, whichever command goes it."""

import resource

import pytest

from tests.cli.runs import Shell


def memory_of_children() -> int:
    """Pages that ended child processes of this one have touched: none if there were none."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt


@pytest.mark.parametrize(
    "arguments", [["rebuild"], ["verify"], ["queue"]], ids=lambda arguments: arguments[0]
)
def test_a_long_way_is_staged_by_other_processes_with_the_key_of_the_settings(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    shell.ok("ticket", "open", "--from", "li@example.com", "--subject", "Noise from the pump")
    shell.ok("queue")
    if arguments == ["queue"]:
        (shell.directory / "projections.duckdb").unlink()
    key = shell.directory / "desk.key"
    monkeypatch.setenv("DESKLEDGER_DESK_KEY", key.read_text(encoding="utf-8").strip())
    key.unlink()
    monkeypatch.setattr("deskledger.consumers.projector._RECORDS_ASIDE_MIN", 0)
    before = memory_of_children()
    shell.ok(*arguments)
    assert memory_of_children() > before
    assert "Noise from the pump" in shell.ok("queue")
