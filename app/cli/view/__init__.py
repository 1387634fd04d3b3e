"""Saved views: which there are, what they show, and how much."""

from deskledger.app.cli.options import noun_app
from deskledger.app.cli.view import listing, running

app = noun_app()

for _name, _function in {
    "list": listing.list_views,
    "show": listing.show,
    "run": running.run,
    "count": running.count,
}.items():
    app.command(_name)(_function)
