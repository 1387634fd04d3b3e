"""A desk with five tickets."""

from tests.cli.runs import Shell

MARKER = "a-marker-of-a-personal-value"


def filled(shell: Shell) -> Shell:
    """The desk with five tickets, opened one after the other, the last of them urgent."""
    shell.ok("group", "form", "first-line", "--name", "en=First line", "--name", "zh=一线")
    for day, rest in enumerate(
        (
            ["--group", "first-line", "--reference", "shop/order/7"],
            ["--agent", "管理员", "--reference", "crm/case/7", "--tag", "vip"],
            ["--from", "li@example.cn", "--name", "李雷"],
            ["--status", "pending"],
            ["--priority", "urgent", "--subject", f"打印机坏了 {MARKER}"],
        ),
        start=1,
    ):
        shell.ok("ticket", "open", "--at", f"2026-03-0{day}", *rest)
    return shell


def order(shell: Shell) -> list[int]:
    """The numbers of the tickets as they were opened."""
    lines = shell.json("ticket", "list")["tickets"]
    return [one["number"] for one in sorted(lines, key=lambda one: one["opened_at"])]
