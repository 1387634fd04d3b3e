"""How views are named on the command line."""

from typing import Annotated

import typer

Named = Annotated[str, typer.Argument(metavar="VIEW", help="Its id, such as my-open.")]
Numbered = Annotated[
    int | None, typer.Option("--version", metavar="N", min=1, help="By default the one in force.")
]
