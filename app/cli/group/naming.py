"""Which group is meant."""

from typing import Annotated

import typer

from deskledger.app.cli import lookup

GroupName = Annotated[str, typer.Argument(metavar="GROUP", help="Its id, such as first-line.")]


def group_stream(group: str) -> str:
    """The stream of a group; the desk says whether there is one."""
    return f"group/{lookup.group(group)}"
