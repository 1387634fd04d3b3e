"""Publishing, comparing, withdrawing and reading configuration."""

from deskledger.app.cli.lazy import Entry, lazy_app

COMMANDS = {
    "list": Entry(
        "config.reading",
        "List what is published, read from the ledger itself.",
        "list_configuration",
    ),
    "show": Entry("config.reading", "Show a configuration's document.", "show"),
    "check": Entry("config.comparing", "Check a document without publishing it.", "check"),
    "diff": Entry(
        "config.comparing",
        "Show how two versions differ, or a document from a version; code 1 where they do.",
        "diff",
    ),
    "publish": Entry(
        "config.changing",
        "Put a document in force as the next version, unless anything is wrong with it.",
        "publish",
    ),
    "withdraw": Entry(
        "config.changing",
        "Take a version out of force; what was decided under it stays.",
        "withdraw",
    ),
}

app = lazy_app(COMMANDS)
