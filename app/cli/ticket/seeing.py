"""Which tickets whoever acts may see, as the ledger itself has them."""

from deskledger.app.cli import lookup
from deskledger.app.cli.group.reading import formed
from deskledger.app.cli.session import Session
from deskledger.app.cli.ticket.naming import ticket_stream
from deskledger.domain.errors import InvalidInput
from deskledger.domain.shapes import Party


def seen_ticket(session: Session, name: str) -> str:
    """The stream of a ticket that whoever acts may see now, named as `ticket_stream` takes it.

    Tickets of a restricted group are seen by its members and by the agent who has them, as in the
    queue and in every view. Who sees a ticket sees all of its past.

    Raises:
        InvalidInput: no ticket is called so, or others alone may see it.
    """
    # A reference is looked up in the tables as they are.
    stream = ticket_stream(session, name)
    party: Party = session.desk.writer.streams.load(stream).state.party.present
    reader = lookup.reader(session.desk, session.settings.agent)
    if party.group is None or reader == party.agent or _sees(session, party.group, reader):
        return stream
    told = (
        f"Ticket {name} is seen by the members of group {party.group} alone, and by the agent who"
        " has it; act as one of them with --as."
    )
    raise InvalidInput(told, ticket=name, group=party.group)


def _sees(session: Session, group: str, reader: str) -> bool:
    stream = f"group/{group}"
    state = session.desk.writer.streams.load(stream).state
    return state is None or state.has(reader) or not formed(session, stream).restricted
