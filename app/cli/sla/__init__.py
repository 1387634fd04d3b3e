"""Service levels as they are: scenarios checked, clocks explained."""

from deskledger.app.cli.options import noun_app
from deskledger.app.cli.sla import checking, live

app = noun_app()

for _name, _function in {
    "check": checking.check,
    "explain": live.explain_clocks,
}.items():
    app.command(_name)(_function)
