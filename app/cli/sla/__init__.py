"""Service levels as they are: scenarios checked, clocks explained, what is due."""

from deskledger.app.cli.lazy import Entry, lazy_app

COMMANDS = {
    "check": Entry(
        "sla.checking",
        "Run scenarios through the clocks of live tickets, and compare what they expect.",
        "check",
    ),
    "explain": Entry(
        "sla.live",
        "Say of each clock of a ticket why it shows what it shows, line by line.",
        "explain_clocks",
    ),
    "due": Entry(
        "sla.due",
        "Show what is late and what is due next, soonest first; or as of a point in the past.",
        "due",
    ),
}

app = lazy_app(COMMANDS)
