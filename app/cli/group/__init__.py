"""Forming, changing and looking up groups."""

from deskledger.app.cli.lazy import Entry, lazy_app

COMMANDS = {
    "form": Entry("group.forming", "Form a group, with a name in one language or more.", "form"),
    "add-member": Entry(
        "group.forming",
        "Let an agent into the group, or change whether they lead it.",
        "add_member",
    ),
    "remove-member": Entry("group.forming", "Take an agent out of the group.", "remove_member"),
    "lead": Entry(
        "group.forming",
        "Let an agent lead the group, or no longer; who was no member becomes one.",
        "lead",
    ),
    "close": Entry(
        "group.forming", "Close the group and name the one that takes its queue.", "close"
    ),
    "fields": Entry(
        "group.forming", "Set fields of the group; an empty text clears one.", "set_fields"
    ),
    "show": Entry("group.reading", "Show a group.", "show"),
    "list": Entry("group.reading", "List the groups, read from the ledger itself.", "list_groups"),
}

app = lazy_app(COMMANDS)
