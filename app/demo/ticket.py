"""A ticket as the story remembers it: enough to decide what people do next."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deskledger.app.demo.channels import Channel
from deskledger.app.demo.clientele import Customer
from deskledger.app.demo.scribe import Source
from deskledger.app.demo.script import Language, Matter

if TYPE_CHECKING:
    from deskledger.app.demo.crew import Agent

URGENT_BAND = 0
USUAL_BAND = 1


@dataclass(slots=True, eq=False)
class Ticket:
    """What the people of the story know of a ticket.

    Attributes:
        facts: what the texts name: product, order, city …
        band, waiting_since: its place in a queue; see `place`.
        epoch: grows with every change of status, so that what was planned before is void.
        discard: the reason for which it is to be closed without an answer, if any.
        repeats: the ticket in which its customer told the same before, if any.
        informed: whether the desk knows what it has to know.
        online: whether the customer sits before the screen.
        silent: whether its customer has not answered in time.
        stays: whether the first line settles it though it is another group's; None if not decided.
        spoiled: whether it lies where nobody looks for it.
    """

    stream: str
    matter: Matter
    customer: Customer | None
    language: Language
    channel: Channel
    facts: dict[str, str]
    opened_at: int
    waiting_since: int
    band: int = USUAL_BAND
    priority: str = "normal"
    status: str = "new"
    group: str | None = None
    agent: "Agent | None" = None
    epoch: int = 0
    discard: str | None = None
    repeats: "Ticket | None" = None
    informed: bool = False
    online: bool = False
    sorted_out: bool = False
    waited: bool = False
    spoiled: bool = False
    silent: bool = False
    stays: bool | None = None
    missed_call: bool = False
    asked: int = 0
    reminders: int = 0
    reopened: int = 0
    tags: list[str] = field(default_factory=list)

    @property
    def chatty(self) -> bool:
        """Whether its customer writes short messages."""
        return self.channel.chatty

    @property
    def source(self) -> Source:
        """Where its customer's messages and calls come in."""
        if self.customer is None:
            return self.channel.source
        return self.channel.source._replace(on_behalf_of=self.customer.actor)

    @property
    def settled(self) -> bool:
        """Whether nobody has to do anything."""
        return self.status in ("solved", "closed")

    def become(self, status: str) -> None:
        """Change the status."""
        was = self.settled
        self.status = status
        self.epoch += 1
        if self.customer is not None:
            self.customer.open += was - self.settled
