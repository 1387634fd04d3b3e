"""What agents send, and the calls that they make."""

from deskledger.app.demo.beginnings import LOCALES
from deskledger.app.demo.channels import PHONE
from deskledger.app.demo.crew import Agent
from deskledger.app.demo.scene import Scene
from deskledger.app.demo.ticket import Ticket
from deskledger.domain.contact import Thread
from deskledger.domain.ticket.contact_commands import LogCall, SendReply


def reply(ticket: Ticket, text: str) -> SendReply:
    """A reply on the ticket's channel; who called gets a text message."""
    customer, channel = ticket.customer, ticket.channel
    to = (customer.addresses[channel.kind],) if customer is not None else ()
    message = ticket.facts.get("message")
    thread = None
    if message is not None:
        thread = Thread(message_id=None, in_reply_to=message, references=None, conversation=None)
    return SendReply(
        text=text,
        to=to,
        channel="sms" if channel is PHONE else channel.slug,
        language=LOCALES[ticket.language],
        thread=thread,
    )


def call_back(scene: Scene, at: int, ticket: Ticket, agent: Agent, *, answered: bool) -> LogCall:
    """A call to the customer that has just ended."""
    talked = scene.seconds(60, 85) if answered else scene.seconds(20, 45)
    text = scene.words.call(ticket, "call_backs") if answered else None
    return LogCall(
        direction="out",
        channel="phone",
        inbox=PHONE.inboxes[ticket.language],
        text=text,
        started_at=scene.scribe.instant(at - talked),
        ended_at=scene.scribe.instant(at),
        answered=answered,
        agent=agent.id,
    )
