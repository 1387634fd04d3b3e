"""What every command has in common: the shared options, the session, and how errors end it."""

import inspect
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import wraps
from inspect import Parameter
from typing import Any, TypeVar

import typer

from deskledger.app.cli.failures import as_desk_error, report
from deskledger.app.cli.options import (
    AtOption,
    Everywhere,
    KeyOption,
    take_everywhere,
)
from deskledger.app.cli.session import Session

Function = Callable[..., None]
S = TypeVar("S", bound=Session)


def command(function: Function) -> Function:
    """Makes a function a command: Typer sees its parameters and the shared options.

    The function's first parameter is the `Session`, which is not an option. One whose type is a
    dataclass stands for the options that are its fields. Errors of the desk become one message on
    stderr and their exit code.
    """

    @wraps(function)
    def run(context: typer.Context, **values: Any) -> None:
        everywhere = _everywhere(context, values)
        with _reported(everywhere, lambda: Session(everywhere)) as session:
            function(session, **_grouped(function, values))

    _sign(run, function, take_everywhere)
    return run


def change(function: Function) -> Function:
    """Makes a function a command that changes the desk: it is given a `Changing`.

    So it also takes a key, by which it can safely be repeated, and the time that it happened.
    """

    @wraps(function)
    def run(context: typer.Context, key: str | None, at: str | None, **values: Any) -> None:
        from deskledger.app.cli.changing import Changing  # noqa: PLC0415 - loads all rules

        everywhere = _everywhere(context, values)
        with _reported(everywhere, lambda: Changing(everywhere, key, at)) as session:
            function(session, **_grouped(function, values))

    _sign(run, function, _change_options, take_everywhere)
    return run


def _change_options(*, key: KeyOption = None, at: AtOption = None) -> None:
    """Only its signature is used."""


def _everywhere(context: typer.Context, values: dict[str, Any]) -> Everywhere:
    """Takes the shared options out of `values`; those before the command's name fill the gaps."""
    stated = Everywhere(**{name: values.pop(name) for name in _parameters(take_everywhere)})
    return stated.over(context.find_root().obj or Everywhere())


@contextmanager
def _reported(everywhere: Everywhere, begin: Callable[[], S]) -> Iterator[S]:
    """A session whose errors are told, and which ends with the code that they have."""
    language, key = str(everywhere.language or "en"), None
    try:
        with closing(begin()) as session:
            language, key = session.language, session.key
            yield session
            sys.stdout.flush()
    except BrokenPipeError:
        _hang_up()
    except Exception as error:
        known = as_desk_error(error)
        if known is None:
            raise
        code = report(known, language=language, as_json=everywhere.as_json, key=key)
        raise typer.Exit(code) from None


def _hang_up() -> None:
    """The reader of the pipe has gone: nobody is left to tell, and nothing is wrong."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise typer.Exit(0)


def _sign(run: Function, function: Function, *shared: Function) -> None:
    """Shows Typer the function's own parameters, without the session, and the shared ones."""
    own = list(_parameters(function).values())[1:]
    options = [one for part in shared for one in _parameters(part).values()]
    context = inspect.signature(take_everywhere).parameters["context"]
    # Options may stand in any order, arguments may not.
    shown = sorted([context, *own, *options], key=lambda one: one.kind)
    run.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in shown}


def _parameters(function: Function) -> dict[str, Parameter]:
    """The options of a function by name, those of a group in the group's place."""
    parameters: dict[str, Parameter] = {}
    for name, one in inspect.signature(function).parameters.items():
        if is_dataclass(one.annotation):
            parameters |= {field.name: _option(field) for field in fields(one.annotation)}
        elif name != "context":
            parameters[name] = one
    return parameters


def _option(field: Field[Any]) -> Parameter:
    default = Parameter.empty if field.default is MISSING else field.default
    return Parameter(field.name, Parameter.KEYWORD_ONLY, default=default, annotation=field.type)


def _grouped(function: Function, values: dict[str, Any]) -> dict[str, Any]:
    """The values with those of a group put together."""
    for name, one in inspect.signature(function).parameters.items():
        if is_dataclass(one.annotation):
            kind: Any = one.annotation
            own = {field.name: values.pop(field.name) for field in fields(kind)}
            values[name] = kind(**own)
    return values
