"""Publishing, comparing, withdrawing and reading configuration."""

from deskledger.app.cli.config import changing, comparing, reading
from deskledger.app.cli.options import noun_app

app = noun_app()

for _name, _function in {
    "list": reading.list_configuration,
    "show": reading.show,
    "check": comparing.check,
    "diff": comparing.diff,
    "publish": changing.publish,
    "withdraw": changing.withdraw,
}.items():
    app.command(_name)(_function)
