"""What a ticket's facts refer to in other systems: orders, invoices, parcels, devices, batches."""

from deskledger.app.demo.ticket import Ticket
from deskledger.domain.references import Reference

_SYSTEMS = {
    "order": ("shop", "order"),
    "invoice": ("finance", "invoice"),
    "waybill": ("carrier", "parcel"),
    "serial": ("registry", "device"),
    "batch": ("factory", "batch"),
}


def references_of(ticket: Ticket) -> tuple[Reference, ...]:
    """What the desk has to know about the ticket's matter, the most important first."""
    return tuple(_reference(ticket, need) for need in ticket.matter.needs)


def _reference(ticket: Ticket, need: str) -> Reference:
    system, kind = _SYSTEMS[need]
    part = ticket.facts[need]
    if need != "invoice":
        return Reference(system=system, kind=kind, id=part)
    facts = {"amount": f"{ticket.facts['amount']}.00", "currency": "CNY"}
    return Reference(system=system, kind=kind, id=part, facts=facts)
