"""The process that takes agents who have left the desk out of its groups."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

from deskledger.consumers.processes.reactions import Fact, Reaction
from deskledger.domain.group.commands import RemoveMember

PAGE_GROUPS = 1_000


class Numbered(Protocol):
    """What is asked of a ledger."""

    def streams(self, noun: str, after: int, limit: int, /) -> Sequence[tuple[int, str]]:
        """Numbers and names of a noun's streams, in order, behind a number."""


class Memberships:
    """Who has left the desk is in none of its groups.

    Membership is decided in the group's own stream, which whoever lets an agent leave does not
    look at. An agent who was let in by somebody who did not know yet is taken out again.
    """

    name = "memberships"
    rules = 1
    types = frozenset({"AgentLeft", "GroupMembersChanged"})
    from_beginning = True

    def __init__(self, numbered: Numbered, state_of: Callable[[str], Any]) -> None:
        """`numbered` knows which groups there are, `state_of` what a stream is at present."""
        self._numbered = numbered
        self._state_of = state_of

    def reactions(self, fact: Fact) -> Iterable[Reaction]:
        """A removal from every group in which somebody is who has left."""
        if fact.event["type"] == "AgentLeft":
            agent = fact.stream.partition("/")[2]
            return [_removal(group, agent) for group in self._groups() if self._has(group, agent)]
        return self._let_in(fact)

    def _let_in(self, fact: Fact) -> Iterator[Reaction]:
        for member in fact.event["added"]:
            agent = self._state_of(f"agent/{member['agent']}")
            if agent is not None and agent.left:
                yield _removal(fact.stream, member["agent"])

    def _groups(self) -> Iterator[str]:
        after = 0
        while page := self._numbered.streams("group", after, PAGE_GROUPS):
            yield from (stream for _, stream in page)
            after = page[-1][0]

    def _has(self, group: str, agent: str) -> bool:
        state = self._state_of(group)
        return state is not None and not state.closed and state.has(agent)


def _removal(group: str, agent: str) -> Reaction:
    return Reaction(group, RemoveMember(agent=agent))
