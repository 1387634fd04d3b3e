"""The people and groups that a log names: each is made known to the desk before its first row.

In one column, one name is one person; the names of two columns are never joined, unless the
mapping says that the columns share their names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal, NamedTuple

from deskledger.consumers.history.memo import Memo
from deskledger.consumers.history.quarantine import RowQuarantined
from deskledger.consumers.intake import Person, customers_of
from deskledger.domain.agent.commands import AddAgent
from deskledger.domain.errors import InvalidInput
from deskledger.domain.group.commands import FormGroup
from deskledger.domain.identifiers import agent_id
from deskledger.eventlog.identity import command_id, normal_address
from deskledger.eventlog.vault.vault import Secrets
from deskledger.eventlog.writing.requests import Request
from deskledger.eventlog.writing.writer import Task, Writer

UNDETERMINED = "und"
ROLES = ("agent",)
GROUP_NAME_LENGTH_MAX = 200
NAME_LENGTH_MAX = 1_000
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]")


class Mention(NamedTuple):
    """Somebody whom a row names.

    Attributes:
        space: an agent's namespace, a customer's kind of address, a group's id.
        name: as the source writes it.
    """

    kind: Literal["agent", "group", "customer"]
    space: str
    name: str


class People:
    """Gives the ids of people and groups, and makes those known that the desk has not met."""

    def __init__(
        self, writer: Writer, secrets: Secrets, request: Request, *, system: str, language: str
    ) -> None:
        self._writer = writer
        self._secrets = secrets
        self._request = request
        self._system = system
        self._language = language
        self._known: set[Mention] = set()
        self._customers: dict[Mention, str] = {}
        self._commands = Memo(self._command_id)
        self._agents = Memo[Mention, str](lambda mention: agent_id(self._commands[mention]))
        self.named: Counter[str] = Counter()

    def agent(self, mention: Mention) -> str:
        """The id of an agent, which follows from system, namespace and name."""
        return self._agents[mention]

    def customer(self, mention: Mention) -> str:
        """The id of a customer that ``meet`` has made known."""
        return self._customers[mention]

    def meet(self, mentions: Iterable[Mention]) -> None:
        """Make those known to the desk that are not yet, in the order of their first mention."""
        new = [mention for mention in dict.fromkeys(mentions) if mention not in self._known]
        self._introduce(new, "group")
        self._introduce(new, "agent")
        self._register([mention for mention in new if mention.kind == "customer"])
        self._known.update(new)
        self.named.update(f"{mention.kind}s" for mention in new)

    def _introduce(self, new: Iterable[Mention], kind: Literal["agent", "group"]) -> None:
        self._writer.execute_many([self._task(each) for each in new if each.kind == kind])

    def _task(self, mention: Mention) -> Task:
        request = replace(self._request, command_id=self._commands[mention])
        if mention.kind == "group":
            names = {self._language: mention.name}
            return Task(f"group/{mention.space}", FormGroup(names=names), request)
        return Task(None, AddAgent(personal_fields={"name": mention.name}, roles=ROLES), request)

    def _register(self, new: list[Mention]) -> None:
        if not new:
            return
        persons = [
            Person(
                kind=mention.space,
                address=mention.name,
                key="\x1f".join(mention),
                personal_fields={"name": mention.name},
                source="import",
            )
            for mention in new
        ]
        ids = customers_of(self._writer, self._secrets, persons, self._request)
        self._customers.update(zip(new, ids, strict=True))

    def _command_id(self, mention: Mention) -> str:
        return command_id(
            self._secrets.command,
            surface=self._request.surface,
            credential=self._system,
            idempotency_key="\x1f".join(mention),
        )


def group_mention(group: str, name: str) -> Mention:
    """A group by its id and the name that people see.

    Raises:
        RowQuarantined: the name is too long for one.
    """
    return Mention("group", group, _fitting(name, GROUP_NAME_LENGTH_MAX))


def agent_mention(namespace: str, name: str) -> Mention:
    """An agent by the namespace of the column and the name in it.

    Raises:
        RowQuarantined: the name is too long for one.
    """
    return Mention("agent", namespace, _fitting(name, NAME_LENGTH_MAX))


def customer_mention(kind: str, name: str) -> Mention:
    """A customer by an address of a kind.

    Raises:
        RowQuarantined: the address is none of its kind.
    """
    try:
        normal_address(kind, name)
    except InvalidInput as error:
        raise RowQuarantined("value_invalid", f"the customer: {error}") from None
    return Mention("customer", kind, _fitting(name, NAME_LENGTH_MAX))


def _fitting(name: str, length_max: int) -> str:
    if len(name) > length_max or CONTROL_CHARACTERS.search(name):
        reason = f"a name has more than {length_max} characters, or control characters"
        raise RowQuarantined("value_invalid", reason)
    return name
