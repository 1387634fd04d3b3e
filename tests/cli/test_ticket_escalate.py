"""Escalating by hand on the command line, and how it is told."""

import re
from pathlib import Path

import pytest

from tests.cli.runs import Shell

LEVELS = Path(__file__).parents[2] / "docs" / "service-levels.md"
ESCALATIONS = """
SELECT before ->> '$.level' AS lower, after ->> '$.level' AS upper
FROM ticket_event
WHERE type = 'TicketEscalated'
ORDER BY version
"""

ENTRIES = "SELECT band, escalation_level, group_id FROM queue_entry ORDER BY band"


@pytest.fixture
def ticket(shell: Shell) -> str:
    shell.ok("group", "form", "second-line", "--name", "en=Second line", "--name", "zh=二线")
    shell.ok("agent", "add", "Zhao")
    shell.ok("group", "add-member", "second-line", "Zhao")
    return str(shell.json("ticket", "open", "--subject", "打印机坏了")["number"])


def test_a_ticket_goes_up_by_a_level_and_to_whom_one_names(shell: Shell, ticket: str) -> None:
    told = shell.json("ticket", "escalate", ticket)
    assert told["events"] == ["TicketEscalated"]
    asked = ("--level", "3", "--to", "Zhao", "--priority", "urgent", "--tag", "late")
    told = shell.json("ticket", "escalate", ticket, *asked, "--reason", "angry")
    begun = ["TicketAssigned", "TicketActivated"]
    climbed = ["TicketEscalated", "TicketEscalated"]
    assert told["events"] == [*begun, *climbed, "TicketPrioritised", "TagsChanged"]
    shown = shell.json("ticket", "show", ticket)
    assert (shown["escalation_level"], shown["priority"], shown["tags"]) == (3, "urgent", ["late"])
    assert "nothing to do" in shell.ok("ticket", "escalate", ticket, "--level", "2")


def test_the_queue_of_a_group_gets_the_ticket_before_others_and_tables_hold_the_level(
    shell: Shell, ticket: str
) -> None:
    shell.ok("ticket", "open", "--subject", "Another")
    asked = ("--to", "second-line", "--level", "2", "--priority", "urgent")
    shell.ok("ticket", "escalate", ticket, *asked)
    assert shell.json("ticket", "show", ticket)["group"] == "second-line"
    entry, other = shell.json("sql", ENTRIES)["rows"]
    assert entry == {"band": 0, "escalation_level": 2, "group_id": "second-line"}
    assert other == {"band": 1, "escalation_level": 0, "group_id": None}
    told = shell.json("sql", ESCALATIONS)["rows"]
    assert [(row["lower"], row["upper"]) for row in told] == [("0", "1"), ("1", "2")]


def test_the_question_in_the_documentation_is_answered(shell: Shell, ticket: str) -> None:
    shell.ok("ticket", "escalate", ticket, "--to", "second-line", "--level", "2")
    (query,) = re.findall(r"```sql\n(.*?)```", LEVELS.read_text(encoding="utf-8"), re.DOTALL)
    (row,) = shell.json("sql", query)["rows"]
    assert (row["clock"], row["level"], row["policy_version"]) == ("by hand", "2", None)
    assert row["handed_to"] == "second-line"


def test_the_history_tells_it_in_both_languages(shell: Shell, ticket: str) -> None:
    asked = ("--to", "Zhao", "--notify", "second-line", "--notify", "管理员", "--reason", "angry")
    shell.ok("ticket", "escalate", ticket, *asked)
    told = shell.ok("ticket", "history", ticket)
    assert "level: 0 → 1; handed to: Zhao; acted on: yes" in told
    assert "to be told: Second line, 管理员; reason: angry" in told
    assert "级别：0 → 1；转交：Zhao" in shell.ok("--language", "zh", "ticket", "history", ticket)
    assert "escalation level" in shell.ok("ticket", "show", ticket)


def test_what_cannot_be_is_refused_with_a_reason(shell: Shell, ticket: str) -> None:
    shell.fails(2, "ticket", "escalate", ticket, "--level", "10")
    assert "no such agent" in shell.fails(2, "ticket", "escalate", ticket, "--to", "nobody")
    shell.ok("agent", "leave", "Zhao")
    assert "has left" in shell.fails(1, "ticket", "escalate", ticket, "--to", "Zhao")
    shell.ok("ticket", "solve", ticket, "--resolution", "fixed")
    assert "reopen it first" in shell.fails(1, "ticket", "escalate", ticket)
