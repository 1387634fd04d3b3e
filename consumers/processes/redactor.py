"""The process that destroys the keys of what was redacted, should whoever asked have failed to."""

from collections.abc import Iterable

from deskledger.consumers.processes.reactions import Effect, Fact
from deskledger.eventlog.writing.redaction import History, KeyDestroyer, destroy_parts


class Redactor:
    """Makes unreadable what the ledger says is redacted: once, or again what is left of it."""

    name = "redactor"
    rules = 1
    types = frozenset({"InteractionRedacted"})
    from_beginning = True

    def __init__(self, ledger: History, vault: KeyDestroyer) -> None:
        """Takes where contacts are recorded, and where their keys are."""
        self._ledger = ledger
        self._vault = vault

    def reactions(self, fact: Fact) -> Iterable[Effect]:
        """The destroying of the keys; it changed something if any were left."""
        event = fact.event
        asked = (fact.stream, event["interaction"], event["parts"])
        return (Effect(lambda: destroy_parts(self._ledger, self._vault, *asked) > 0),)
