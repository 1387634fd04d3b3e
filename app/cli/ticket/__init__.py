"""Opening, answering, changing and reading tickets."""

from deskledger.app.cli.lazy import Entry, lazy_app

COMMANDS = {
    "open": Entry(
        "ticket.opening",
        "Open a ticket, with its first message, note or reply if there is one.",
        "open_ticket",
    ),
    "message": Entry(
        "ticket.talk", "Record what the customer, or somebody for the customer, wrote.", "message"
    ),
    "reply": Entry(
        "ticket.talk",
        "Record a reply to the customer, and solve the ticket or wait with it if asked to.",
        "reply",
    ),
    "note": Entry("ticket.talk", "Note something that the customer does not see.", "note"),
    "call": Entry(
        "ticket.talk", "Record a call; one that came in goes the way of a message.", "call"
    ),
    "assign": Entry(
        "ticket.party",
        "Make an agent or a group responsible; both empty is the desk's intake queue.",
        "assign",
    ),
    "take": Entry(
        "ticket.party", "Make the acting agent responsible, unless another agent is.", "take"
    ),
    "unassign": Entry(
        "ticket.party",
        "Give the ticket back to the queue of its group, else to intake.",
        "unassign",
    ),
    "escalate": Entry(
        "ticket.escalation",
        "Escalate a ticket by a level; the levels below it are recorded with it.",
        "escalate",
    ),
    "pend": Entry("ticket.standing", "Wait for the customer.", "pend"),
    "hold": Entry("ticket.standing", "Wait for somebody else than the customer.", "hold"),
    "resume": Entry("ticket.standing", "Go on with the work on a ticket that waits.", "resume"),
    "solve": Entry("ticket.standing", "Say that the request is met.", "solve"),
    "reopen": Entry("ticket.standing", "Say that a solved ticket needs work again.", "reopen"),
    "close": Entry(
        "ticket.standing",
        "End a solved ticket; another one as withdrawn, spam, duplicate or test.",
        "close",
    ),
    "classify": Entry(
        "ticket.attributes",
        "Put the ticket into the stated classes; an empty text clears one, no category is ''.",
        "classify",
    ),
    "prioritise": Entry(
        "ticket.attributes",
        "Set priority, impact and urgency; an empty text clears one.",
        "prioritise",
    ),
    "tag": Entry("ticket.attributes", "Add tags to the ticket, and remove others.", "tag"),
    "fields": Entry(
        "ticket.attributes",
        "Set fields of the ticket; an empty text clears one, NAME:=JSON is other than text.",
        "fields",
    ),
    "reference": Entry(
        "ticket.attributes", "Tie the ticket to things in other systems.", "reference"
    ),
    "link": Entry(
        "ticket.ties",
        "Tie the ticket to another one; parents and children are tied by `ticket child`.",
        "link",
    ),
    "unlink": Entry("ticket.ties", "Take a tie to another ticket away.", "unlink"),
    "merge": Entry(
        "ticket.ties",
        "Make one of two tickets a part of the other: the younger of the older, in either order.",
        "merge",
    ),
    "child": Entry("ticket.branching", "Open a task of the ticket.", "child"),
    "follow-up": Entry(
        "ticket.branching",
        "Open a ticket of the same customer that goes on where this one ended.",
        "follow_up",
    ),
    "split": Entry(
        "ticket.branching",
        "Open a ticket of the same customer for what a message of this one asks besides.",
        "split",
    ),
    "customer": Entry("ticket.people", "Make another customer the requester.", "customer"),
    "participant": Entry(
        "ticket.people",
        "Let a customer, an agent or an address take part in the ticket, or no longer.",
        "participant",
    ),
    "due": Entry("ticket.dealings", "Say by when the ticket is to be done.", "due"),
    "snooze": Entry(
        "ticket.dealings",
        "Put the ticket aside until a time; one that waits for the customer goes on doing so.",
        "snooze",
    ),
    "redact": Entry(
        "ticket.dealings",
        "Make a message, or a part of it, unreadable for ever: its keys are destroyed.",
        "redact",
    ),
    "discard": Entry(
        "ticket.dealings", "Close a ticket that is none; it does not count as settled.", "discard"
    ),
    "show": Entry("ticket.sheet", "Show a ticket as it is, read from the ledger itself.", "show"),
    "history": Entry(
        "ticket.history",
        "Show everything that happened to a ticket, in the order in which it happened.",
        "history",
    ),
    "list": Entry(
        "ticket.listing",
        "List tickets by number, read from the tables; or as they were at a point in the past.",
        "list_tickets",
    ),
    "together": Entry(
        "ticket.opening",
        "Decide several commands on one ticket as one: all are accepted, or none is.",
        "together",
    ),
}

app = lazy_app(COMMANDS)
