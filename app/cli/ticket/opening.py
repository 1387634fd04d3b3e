"""Opening tickets, and deciding several commands on one ticket as one."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Opening:
    """All that can be stated of a ticket when it is opened."""

    subject: options.Subject = None
    channel: options.Channel = PHONE
    inbox: options.Inbox = None
    direction: options.Direction = "in"
    kind: options.Kind = None
    status: options.Begins = None
    text_language: options.Spoken = None
    customer: options.Customer = None
    sender: options.From = None
    name: options.Name = None
    group: options.Group = None
    agent: options.Agent = None
    type_code: options.Type = None
    category: options.Category = None
    stage: options.Stage = None
    tier: options.Tier = None
    priority: options.Priority = None
    impact: options.Impact = None
    urgency: options.Urgency = None
    tags: options.Tags = None
    fields: options.Fields = None
    personal: options.Personal = None
    references: options.References = None
    message: options.Message = None
    note: options.Note = None
    reply: options.Reply = None


@change
def open_ticket(act: Changing, *, stated: Opening) -> None:
    """Open a ticket, with its first message, note or reply if there is one."""
    opening, contacts = _opening(act, stated), _contacts(stated)
    # Last of all, so that bad input has registered nobody.
    opening = opening.model_copy(update=_customer(act, stated))
    if contacts:
        act.execute(None, Together, parts=(opening, *contacts))
    else:
        timed = {} if act.at is None else {"occurred_at": act.at}
        act.show(act.decide(None, opening.model_copy(update=timed)))


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


def _opening(act: Changing, stated: Opening) -> Command:
    return values.made(
        OpenTicket,
        subject=stated.subject,
        channel=stated.channel,
        inbox=stated.inbox,
        direction=stated.direction,
        kind=stated.kind,
        status=stated.status,
        language=stated.text_language,
        group=lookup.group(stated.group) if stated.group else None,
        agent=lookup.agent(act.desk, stated.agent) if stated.agent else None,
        type_code=stated.type_code,
        category=values.listed(stated.category),
        stage=stated.stage,
        tier=stated.tier,
        priority=stated.priority,
        impact=stated.impact,
        urgency=stated.urgency,
        tags=values.listed(stated.tags),
        fields=values.fields(stated.fields),
        personal_fields=values.fields(stated.personal),
        references=values.references(stated.references),
    )


def _contacts(stated: Opening) -> list[Command]:
    """What was said or noted at the opening, in the order in which it is recorded."""
    contacts: list[Command] = []
    if stated.message is not None:
        text = values.words(stated.message)
        contacts.append(values.made(ReceiveMessage, text=text, sender=stated.sender))
    if stated.note is not None:
        contacts.append(values.made(AddNote, text=values.words(stated.note)))
    if stated.reply is not None:
        contacts.append(values.made(SendReply, text=values.words(stated.reply)))
    return contacts


def _customer(act: Changing, stated: Opening) -> dict[str, str]:
    """Who asks, as a field of the opening; nothing where nobody was stated."""
    if stated.customer is not None and stated.sender is not None:
        raise InvalidInput("State --customer for a known customer, or --from for any; not both.")
    if stated.customer is not None:
        return {"customer": lookup.customer(act.desk, stated.customer)}
    if stated.sender is None:
        return {}
    return {"customer": _registered(act, stated.sender, stated.name)}


def _registered(act: Changing, sender: str, name: str | None) -> str:
    """The customer with an address, who is registered on the first contact."""
    kind, address = lookup.address(sender)
    named: dict[str, FieldValue] = {"name": name} if name else {}
    person = Person(kind, address, key=act.key, personal_fields=named, source="agent")
    desk = act.desk
    country = desk.document().country
    persons = customers_of(desk.writer, desk.vault.secrets, [person], act.request, country=country)
    return persons[0]
