"""Opening tickets, and deciding several commands on one ticket as one."""

from typing import Annotated

import typer

from deskledger.app.cli import lookup, values
from deskledger.app.cli.changing import Changing
from deskledger.app.cli.command import change
from deskledger.app.cli.ticket import options
from deskledger.app.cli.ticket.naming import ticket_stream
from deskledger.consumers.intake import Person, customers_of
from deskledger.domain.commands import Command
from deskledger.domain.errors import InvalidInput
from deskledger.domain.shapes import FieldValue
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.contact_commands import AddNote, ReceiveMessage, SendReply
from deskledger.domain.ticket.together import Together

NEW = "new"
PHONE = "phone"


@change
def open_ticket(
    act: Changing,
    *,
    subject: options.Subject = None,
    channel: options.Channel = PHONE,
    inbox: options.Inbox = None,
    direction: options.Direction = "in",
    kind: options.Kind = None,
    begins: options.Begins = None,
    text_language: options.Spoken = None,
    customer: options.Customer = None,
    sender: options.From = None,
    name: options.Name = None,
    group: options.Group = None,
    agent: options.Agent = None,
    type_code: options.Type = None,
    category: options.Category = None,
    stage: options.Stage = None,
    tier: options.Tier = None,
    priority: options.Priority = None,
    impact: options.Impact = None,
    urgency: options.Urgency = None,
    tags: options.Tags = None,
    fields: options.Fields = None,
    personal: options.Personal = None,
    references: options.References = None,
    message: options.Message = None,
    note: options.Note = None,
    reply: options.Reply = None,
) -> None:
    """Open a ticket, with its first message, note or reply if there is one."""
    stated = {
        "group": lookup.group(group) if group else None,
        "agent": lookup.agent(act.desk, agent) if agent else None,
        "subject": subject,
        "channel": channel,
        "inbox": inbox,
        "direction": direction,
        "kind": kind,
        "status": begins,
        "language": text_language,
        "type_code": type_code,
        "category": values.listed(category),
        "stage": stage,
        "tier": tier,
        "priority": priority,
        "impact": impact,
        "urgency": urgency,
        "tags": values.listed(tags),
        "fields": values.fields(fields),
        "personal_fields": values.fields(personal),
        "references": values.references(references),
    }
    opening = values.made(OpenTicket, **stated)
    contacts = _contacts(sender, message, note, reply)
    # Last of all, so that bad input has registered nobody.
    asks = _customer(act, customer, sender, name)
    _open(act, opening.model_copy(update=asks), contacts)


@change
def together(
    act: Changing,
    ticket: Annotated[str, typer.Argument(metavar="TICKET", help="A ticket, or `new`.")],
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSON; - reads it from stdin.")],
) -> None:
    """Decide several commands on one ticket as one: all are accepted, or none is.

    FILE holds a JSON array of commands, such as
    [{"type": "SendReply", "text": "Done."}, {"type": "SolveTicket", "resolution": "fixed"}].
    """
    stream = None if ticket == NEW else ticket_stream(act, ticket)
    act.execute(stream, Together, parts=values.json_list(file, act.settings.desk))


def _customer(
    act: Changing, customer: str | None, sender: str | None, name: str | None
) -> dict[str, str]:
    """Who asks, as a field of the opening; nothing where nobody was stated."""
    if customer is not None and sender is not None:
        raise InvalidInput("State --customer for a known customer, or --from for any; not both.")
    if customer is not None:
        return {"customer": lookup.customer(act.desk, customer)}
    return {} if sender is None else {"customer": _registered(act, sender, name)}


def _registered(act: Changing, sender: str, name: str | None) -> str:
    """The customer with an address, who is registered on the first contact."""
    kind, address = lookup.address(sender)
    named: dict[str, FieldValue] = {"name": name} if name else {}
    person = Person(kind, address, key=act.key, personal_fields=named, source="agent")
    desk = act.desk
    country = desk.document().get("country")
    persons = customers_of(desk.writer, desk.vault.secrets, [person], act.request, country=country)
    return persons[0]


def _contacts(
    sender: str | None, message: str | None, note: str | None, reply: str | None
) -> list[Command]:
    """What was said or noted at the opening, in the order in which it is recorded."""
    contacts: list[Command] = []
    if message is not None:
        text = values.words(message)
        contacts.append(values.made(ReceiveMessage, text=text, sender=sender))
    if note is not None:
        contacts.append(values.made(AddNote, text=values.words(note)))
    if reply is not None:
        contacts.append(values.made(SendReply, text=values.words(reply)))
    return contacts


def _open(act: Changing, opening: Command, contacts: list[Command]) -> None:
    if contacts:
        act.execute(None, Together, parts=(opening, *contacts))
    else:
        timed = {} if act.at is None else {"occurred_at": act.at}
        act.show(act.decide(None, opening.model_copy(update=timed)))
