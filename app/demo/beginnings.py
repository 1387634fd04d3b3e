"""How a ticket's opening is recorded, whoever begins it."""

from typing import Any

from deskledger.app.demo.channels import FORM
from deskledger.app.demo.references import references_of
from deskledger.app.demo.scene import Scene
from deskledger.app.demo.scribe import Source
from deskledger.app.demo.script import Language
from deskledger.app.demo.ticket import Ticket
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.together import Together

LOCALES: dict[Language, str] = {"zh": "zh-Hans", "en": "en"}
_STAGES = {"delivery": "in-sale", "order": "in-sale"}


def opening(ticket: Ticket, **stated: Any) -> OpenTicket:
    """The command that opens the ticket; a form states more than a message does."""
    matter, customer = ticket.matter, ticket.customer
    if ticket.channel is FORM:
        stated |= {
            "type_code": matter.type_code,
            "category": matter.category,
            "references": references_of(ticket)[:1],
        }
        if "serial" in matter.needs:
            stated["fields"] = {"serial_number": ticket.facts["serial"]}
    if matter.business:
        stated |= {"impact": "site", "urgency": "high"}
    return OpenTicket(
        kind=matter.kind,
        customer=customer.id if customer else None,
        channel=ticket.channel.slug,
        inbox=ticket.channel.inboxes[ticket.language],
        subject=ticket.facts["subject"],
        language=LOCALES[ticket.language],
        priority=ticket.priority,
        stage=_STAGES.get(matter.type_code, "after-sale"),
        group=ticket.group,
        **stated,
    )


def begin(
    scene: Scene, at: int, ticket: Ticket, command: Together, source: Source | None = None
) -> None:
    """Record the opening; without a source it comes from the channel, for the customer."""
    customer = ticket.customer
    if source is None:
        source = ticket.source
    ticket.stream = scene.scribe.write(at, None, command, source)
    if customer is not None:
        customer.open += 1
