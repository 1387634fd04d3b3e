"""Opening, answering, changing and reading tickets."""

from deskledger.app.cli.options import noun_app
from deskledger.app.cli.ticket import (
    attributes,
    branching,
    dealings,
    history,
    listing,
    opening,
    party,
    people,
    sheet,
    standing,
    talk,
    ties,
)

app = noun_app()

for _name, _function in {
    "open": opening.open_ticket,
    "message": talk.message,
    "reply": talk.reply,
    "note": talk.note,
    "call": talk.call,
    "assign": party.assign,
    "take": party.take,
    "unassign": party.unassign,
    "pend": standing.pend,
    "hold": standing.hold,
    "resume": standing.resume,
    "solve": standing.solve,
    "reopen": standing.reopen,
    "close": standing.close,
    "classify": attributes.classify,
    "prioritise": attributes.prioritise,
    "tag": attributes.tag,
    "fields": attributes.fields,
    "reference": attributes.reference,
    "link": ties.link,
    "unlink": ties.unlink,
    "merge": ties.merge,
    "child": branching.child,
    "follow-up": branching.follow_up,
    "split": branching.split,
    "customer": people.customer,
    "participant": people.participant,
    "due": dealings.due,
    "snooze": dealings.snooze,
    "redact": dealings.redact,
    "discard": dealings.discard,
    "show": sheet.show,
    "history": history.history,
    "list": listing.list_tickets,
    "together": opening.together,
}.items():
    app.command(_name)(_function)
