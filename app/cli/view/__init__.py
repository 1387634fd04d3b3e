"""Saved views: which there are, what they show, and how much."""

from deskledger.app.cli.lazy import Entry, lazy_app

COMMANDS = {
    "list": Entry(
        "view.listing", "List the views that are shared with whoever acts.", "list_views"
    ),
    "show": Entry("view.listing", "Show a view's document.", "show"),
    "run": Entry(
        "view.running",
        "Show the tickets of a view, page by page; or those that it would have shown in the past.",
        "run",
    ),
    "count": Entry(
        "view.running", "Count the tickets in views, all at one moment, also of the past.", "count"
    ),
}

app = lazy_app(COMMANDS)
