"""A command with its ids: the same again, however often it is repeated."""

from typing import NamedTuple

from deskledger.domain.agent.commands import AddAgent
from deskledger.domain.commands import Command
from deskledger.domain.identifiers import agent_id, ticket_id
from deskledger.eventlog.identity import command_id, digest
from deskledger.eventlog.randomness import random_bytes
from deskledger.eventlog.writing.requests import Request
from deskledger.eventlog.writing.stated import stated_by


class Identified(NamedTuple):
    """A command with its ids: what the caller asked for, the same at every repetition.

    Attributes:
        digest: MAC of the fields that the caller stated.
    """

    stream: str
    command: Command
    request: Request
    command_id: str
    digest: str


def identify(
    command_key: bytes,
    stream: str | None,
    command: Command,
    request: Request,
    stated: bytes | None = None,
) -> Identified:
    """Name a command by its caller's key, and what it states by its digest.

    Args:
        command_key: the desk's secret key from which both are made.
        stream: None where it is to be derived from the command's id.
        command: what is asked.
        request: who asks, with which key.
        stated: what `stated_by` gives for the command, where the caller has it at hand.
    """
    identity = request.command_id or command_id(
        command_key,
        surface=request.surface,
        credential=request.credential,
        idempotency_key=request.key or random_bytes(16).hex(),
    )
    target = stream or _new_stream(command, identity)
    stated = stated_by(command) if stated is None else stated
    mac = digest(command_key, command=command.type, stream=target, stated=stated)
    return Identified(target, command, request, identity, mac)


def _new_stream(command: Command, identity: str) -> str:
    """The stream that a command creates where its caller names none."""
    if isinstance(command, AddAgent):
        return f"agent/{agent_id(identity)}"
    return f"ticket/{ticket_id(identity)}"
