"""Groups of commands that import a command's module only when that command is run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

from deskledger.app.cli.options import take_everywhere

_PACKAGE = "deskledger.app.cli"
_COMPLETION = ("install_completion", "show_completion")


@dataclass(frozen=True)
class Entry:
    """Where a command lives, and one line about it.

    Attributes:
        module: within the package of the command line.
        help: the line; of a function, the first sentence of what it says of itself.
        function: its name in the module; None where the module has a whole `app`.
    """

    module: str
    help: str
    function: str | None = None

    def load(self, name: str) -> Any:
        """The command or group, under the name by which it is called."""
        module = import_module(f"{_PACKAGE}.{self.module}")
        if self.function is not None:
            return _single(name, getattr(module, self.function))
        command = typer.main.get_command(module.app)
        # Typer would offer to install completion for each command as if it were a program.
        command.params = [one for one in command.params if one.name not in _COMPLETION]
        command.name = name
        command.help = self.help if isinstance(command, TyperGroup) else command.help
        return command


class LazyGroup(TyperGroup):
    """A group whose help and completion answer at once: it imports only what is run.

    Attributes:
        entries: its commands by name, in the order in which help lists them.
    """

    entries: ClassVar[Mapping[str, Entry]] = MappingProxyType({})

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, entry in self.entries.items():
            self.add_command(TyperCommand(name, help=entry.help), name)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Finds the command that the arguments name, and loads it."""
        name, command, rest = super().resolve_command(ctx, args)
        entry = self.entries.get(name or "")
        return name, command if name is None or entry is None else entry.load(name), rest


def lazy_app(commands: Mapping[str, Entry]) -> typer.Typer:
    """The commands on one kind of thing; the shared options may stand before their names too."""
    app = typer.Typer(cls=type("Noun", (LazyGroup,), {"entries": commands}))
    app.callback()(take_everywhere)
    return app


def _single(name: str, function: Callable[..., None]) -> Any:
    app = typer.Typer(add_completion=False)
    app.command(name)(function)
    return typer.main.get_command(app)
