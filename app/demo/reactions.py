"""What customers do next: answer, ask for news, thank, complain again, or say nothing."""

from collections.abc import Callable
from typing import Any

from deskledger.app.demo.channels import CLOSER, EMAIL, PHONE
from deskledger.app.demo.plan import DAY, HOUR, SECOND
from deskledger.app.demo.scene import Scene
from deskledger.app.demo.ticket import Ticket
from deskledger.domain.contact import Thread
from deskledger.domain.shapes import By
from deskledger.domain.ticket.commands import CloseTicket
from deskledger.domain.ticket.contact_commands import ReceiveMessage

_THANKS_RULE = By(kind="rule", id="thanks-only", version=1, confidence="0.97")
_CLOSED_AFTER = 4 * DAY

_ANSWER_SHARE = 0.8
_ANSWER_ONLINE_SHARE = 0.93
_ANSWER_HELPS_SHARE = 0.85
_NUDGE_SHARE = 0.4
_WITHDRAWN_SHARE = 0.014
_THANKS_SHARE = 0.14
_AGAIN_SHARE = 0.07
_AGAIN_BURST_SHARE = 0.1
_RETURN_SHARE = 0.035


class Reactions:
    """Plans what customers do; `follow_up` begins the next ticket after a closed one."""

    def __init__(self, scene: Scene) -> None:
        self.follow_up: Callable[[int, Ticket], None] = _nothing
        self._scene = scene

    def begin(self, at: int, ticket: Ticket) -> None:
        """A ticket has begun: its customer may ask for news, or not need it any more."""
        scene = self._scene
        if scene.chance(_NUDGE_SHARE):
            scene.agenda.add(at + DAY + scene.hours(8), self._nudge, ticket)
        if scene.chance(_WITHDRAWN_SHARE):
            scene.agenda.add(at + scene.hours(2), self._withdraw, ticket)

    def expect_answer(self, at: int, ticket: Ticket) -> None:
        """The desk has asked something."""
        scene = self._scene
        if ticket.online:
            if scene.chance(_ANSWER_ONLINE_SHARE):
                scene.agenda.add(at + scene.seconds(30, 200), self._answer, ticket)
            return
        if scene.chance(_ANSWER_SHARE):
            median = 0.7 if ticket.chatty else 5.0
            scene.agenda.add(at + scene.hours(median), self._answer, ticket)

    def expect_end(self, at: int, ticket: Ticket) -> None:
        """The desk has solved it; in some days it is closed, unless the customer objects."""
        scene = self._scene
        ticket.online = False
        again = _AGAIN_BURST_SHARE if ticket.matter.burst else _AGAIN_SHARE
        lot = scene.rng.random()
        if lot < _THANKS_SHARE:
            scene.agenda.add(at + scene.hours(3), self._thank, ticket, ticket.epoch)
        elif lot < _THANKS_SHARE + again:
            scene.agenda.add(at + scene.hours(20), self._complain, ticket)
        closing = (at + _CLOSED_AFTER) // HOUR * HOUR + HOUR
        scene.agenda.add(closing, self._close, ticket, ticket.epoch)

    def message(self, ticket: Ticket, text: str, **stated: Any) -> ReceiveMessage:
        """The command by which a customer's message is recorded."""
        customer = ticket.customer
        written = EMAIL if ticket.channel is PHONE else ticket.channel
        if written is not ticket.channel:
            stated |= {"channel": written.slug, "inbox": written.inboxes[ticket.language]}
        known = customer.addresses.get(written.kind) if customer else None
        return ReceiveMessage(
            text=text,
            sender=known,
            verified=ticket.chatty,
            language="zh-Hans" if ticket.language == "zh" else "en",
            thread=self._thread(ticket),
            **stated,
        )

    def receive(self, at: int, ticket: Ticket, text: str, **stated: Any) -> None:
        """A message arrives: it wakes, reopens, or follows up."""
        if ticket.status == "closed":
            self.follow_up(at, ticket)
            return
        command = self.message(ticket, text, **stated)
        self._scene.scribe.write(at, ticket.stream, command, ticket.source)
        if command.needs_answer:
            self.wake(at, ticket)

    def wake(self, at: int, ticket: Ticket) -> None:
        """The customer has spoken: somebody of the desk has to look."""
        if ticket.status == "solved":
            ticket.reopened += 1
        if ticket.status in ("pending", "on_hold", "solved"):
            ticket.become("open")
            ticket.waiting_since = at
        ticket.silent = False
        self._scene.desk_looks(at, ticket)

    def _thread(self, ticket: Ticket) -> Thread | None:
        """Mails name the one they answer, chats their session."""
        facts, lots = ticket.facts, self._scene.rng.getrandbits(48)
        if ticket.chatty:
            conversation = facts.setdefault("conversation", f"{ticket.channel.slug}-{lots:012x}")
            return Thread(
                message_id=None, in_reply_to=None, references=None, conversation=conversation
            )
        if ticket.channel is not EMAIL:
            return None
        before = facts.get("message")
        facts["message"] = f"<{lots:012x}@mail.example.com>"
        return Thread(
            message_id=facts["message"], in_reply_to=before, references=None, conversation=None
        )

    def _answer(self, at: int, ticket: Ticket) -> None:
        if ticket.status in ("solved", "closed"):
            return
        ticket.informed = self._scene.chance(_ANSWER_HELPS_SHARE)
        self.receive(at, ticket, self._scene.words.answer(ticket))

    def _nudge(self, at: int, ticket: Ticket) -> None:
        if ticket.status in ("new", "open", "on_hold"):
            self.receive(at, ticket, self._scene.words.customer(ticket, "nudges"))

    def _withdraw(self, at: int, ticket: Ticket) -> None:
        if not ticket.settled and ticket.discard is None:
            ticket.discard = "withdrawn"
            self.receive(at, ticket, self._scene.words.customer(ticket, "withdrawn"))

    def _thank(self, at: int, ticket: Ticket, epoch: int) -> None:
        """A rule finds that thanks need no answer, so the ticket stays solved."""
        if ticket.epoch == epoch:
            text = self._scene.words.customer(ticket, "thanks")
            self.receive(at, ticket, text, needs_answer=False, by=_THANKS_RULE)

    def _complain(self, at: int, ticket: Ticket) -> None:
        if ticket.status in ("solved", "closed"):
            self.receive(at, ticket, self._scene.words.customer(ticket, "again"))

    def _close(self, at: int, ticket: Ticket, epoch: int) -> None:
        """Nobody has objected for some days."""
        if ticket.epoch != epoch:
            return
        scene = self._scene
        scene.scribe.write(at, ticket.stream, CloseTicket(reason="settled"), CLOSER)
        ticket.become("closed")
        if ticket.customer is not None and scene.chance(_RETURN_SHARE):
            scene.agenda.add(at + scene.hours(60) + SECOND, self._return, ticket)

    def _return(self, at: int, ticket: Ticket) -> None:
        self.receive(at, ticket, "")


def _nothing(_at: int, _ticket: Ticket) -> None:
    """Nobody begins tickets yet."""
