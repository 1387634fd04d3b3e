"""The process that escalates clocks whose marks were reached."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from deskledger.consumers.processes.reactions import Fact, Reaction
from deskledger.domain.configuration.service_policy import ServicePolicy
from deskledger.domain.shapes import Actor, By
from deskledger.domain.sla.marks import Actions, Mark
from deskledger.domain.ticket.escalation import ClockName, EscalateTicket

_NO_ACTIONS = Actions()


class Ledger(Protocol):
    """What is asked of a ledger."""

    def check_current(self, stream: str, /) -> None:
        """Makes sure that nothing recorded is missing here."""


class Escalator:
    """Does what a policy says is to be done at a mark, in the policy's name.

    The level is that of the mark as it was recorded; what is done is what the version that judged
    the clock then says. Whether the clock still runs, and whether a higher level acts in its
    place, is decided on the ticket as it is by then.
    """

    name = "escalator"
    rules = 1
    types = frozenset({"MarkReached"})
    from_beginning = True

    def __init__(self, ledger: Ledger, state_of: Callable[[str], Any]) -> None:
        """`state_of` gives the present state of a stream, None where it does not exist."""
        self._ledger = ledger
        self._state_of = state_of

    def reactions(self, fact: Fact) -> Iterable[Reaction]:
        """One escalation for a mark with a level or actions; none for what was imported.

        Raises:
            Unavailable: the policy's version may not have come here yet.
            LookupError: there is no such version.
        """
        if fact.actor.get("kind") == "importer":
            return
        event = fact.event
        mark = self._mark(fact)
        actions = _NO_ACTIONS if mark is None or mark.actions is None else mark.actions
        if event["level"] is None and actions == _NO_ACTIONS:
            return
        policy = event["policy"]
        command = EscalateTicket(
            level=event["level"],
            clock=ClockName(metric=event["metric"], instance=event["instance"]),
            mark=event["mark"],
            by=By(kind="policy", id=policy["id"], version=policy["version"]),
            **dict(actions),
        )
        actor = Actor(kind="policy", id=policy["id"], version=policy["version"])
        yield Reaction(fact.stream, command, actor=actor)

    def _mark(self, fact: Fact) -> Mark | None:
        """The mark in the version that judged the clock; None where that says nothing of it."""
        ticket, key = self._state_of(fact.stream), (fact.event["metric"], fact.event["instance"])
        judged_by = ticket.clocks[key].judgement.name
        found = list(_marks(self._document(fact.event["policy"]), fact.event))
        by_name = (mark for name, mark in found if name == judged_by)
        return next(by_name, found[0][1] if found else None)

    def _document(self, policy: Mapping[str, Any]) -> ServicePolicy:
        stream, number = f"{policy['kind']}/{policy['id']}", policy["version"]
        known = self._state_of(stream)
        if known is None or known.numbered(number) is None:
            self._ledger.check_current(stream)
            known = self._state_of(stream)
        published = None if known is None else known.numbered(number)
        if published is None:
            raise LookupError(f"{stream} has no version {number}")
        document: ServicePolicy = published.document
        return document


def _marks(document: ServicePolicy, event: Any) -> Iterator[tuple[str, Mark]]:
    """The marks of this name and level for this metric, each with the name of its policy."""
    for policy in document.policies:
        for target in policy.targets:
            for mark in target.marks if target.metric == event["metric"] else ():
                if (mark.name, mark.level) == (event["mark"], event["level"]):
                    yield policy.name, mark
