"""The options that every command takes, before its name or behind it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

import typer

PANEL = "Everywhere"


class Language(StrEnum):
    """The languages in which the desk speaks to people."""

    EN = "en"
    ZH = "zh"


DeskOption = Annotated[
    Path | None,
    typer.Option(
        "--desk",
        metavar="DIR",
        help="The desk's directory; by default `desk`.",
        rich_help_panel=PANEL,
    ),
]
AgentOption = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="AGENT",
        help="Who acts: number, id, name or email; by default the one made by init.",
        rich_help_panel=PANEL,
    ),
]
Tongue = Annotated[
    Language | None,
    typer.Option(
        "--language", help="Of texts for people; by default English.", rich_help_panel=PANEL
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON.", rich_help_panel=PANEL)]

KeyOption = Annotated[
    str | None,
    typer.Option(
        help="Names this command, so that it can be repeated safely; by default a new one.",
        rich_help_panel="Changes",
    ),
]
AtOption = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="When it happened, in the desk's zone unless one is stated; by default now.",
        rich_help_panel="Changes",
    ),
]


@dataclass(frozen=True)
class Everywhere:
    """What was stated of the options that every command takes."""

    desk: Path | None = None
    acting: str | None = None
    language: Language | None = None
    as_json: bool = False

    def over(self, before: Self) -> Self:
        """These options, and where one was not stated that of `before`."""
        return type(self)(
            self.desk or before.desk,
            self.acting or before.acting,
            self.language or before.language,
            self.as_json or before.as_json,
        )


def take_everywhere(
    context: typer.Context,
    *,
    desk: DeskOption = None,
    acting: AgentOption = None,
    language: Tongue = None,
    as_json: JsonOption = False,
) -> None:
    """Keeps the shared options that stand before a command's name."""
    root = context.find_root()
    root.obj = Everywhere(desk, acting, language, as_json).over(root.obj or Everywhere())


def noun_app() -> typer.Typer:
    """The commands on one kind of thing; the shared options may stand before their names too."""
    app = typer.Typer()
    app.callback()(take_everywhere)
    return app
