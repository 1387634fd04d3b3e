"""Publishing service levels: calendars and policies, in versions."""

from deskledger.app.cli.options import noun_app
from deskledger.app.cli.policy import publishing

app = noun_app()

for _name, _function in {
    "check": publishing.check,
    "publish": publishing.publish,
}.items():
    app.command(_name)(_function)
