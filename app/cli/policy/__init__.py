"""Publishing service levels: calendars and policies, in versions."""

from deskledger.app.cli.lazy import Entry, lazy_app

COMMANDS = {
    "check": Entry(
        "policy.publishing",
        "Check calendars and policies without publishing them; needs a desk to publish them on.",
        "check",
    ),
    "publish": Entry(
        "policy.publishing",
        "Put calendars and policies in force as the next version, unless anything is wrong.",
        "publish",
    ),
}

app = lazy_app(COMMANDS)
