"""Service levels as they are: scenarios checked, clocks explained, what is due."""

from deskledger.app.cli.options import noun_app
from deskledger.app.cli.sla import checking, due, live

app = noun_app()

for _name, _function in {
    "check": checking.check,
    "explain": live.explain_clocks,
    "due": due.due,
}.items():
    app.command(_name)(_function)
