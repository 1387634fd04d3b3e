"""Which ticket is meant."""

from deskledger.app.cli import lookup
from deskledger.app.cli.session import Session
from deskledger.domain.errors import InvalidInput


def ticket_stream(session: Session, name: str) -> str:
    """The stream of a ticket named by number, id, stream, or reference in another system.

    A number is first of all the desk's own. A reference may begin with its system and a colon.

    Raises:
        InvalidInput: no ticket is called so; or several are, which are then listed.
    """
    stream = lookup.ticket(session.desk, name)
    if stream is not None:
        return stream
    found = session.tables.tickets_with_reference(name)
    if not found:
        raise lookup.unknown("ticket", name)
    if len(found) > 1:
        listed = "; ".join(f"{one.number} ({one.reference})" for one in found)
        told = f"Several tickets are called {name!r}; name one by its number: {listed}."
        raise InvalidInput(told, ticket=name, numbers=[one.number for one in found])
    return f"ticket/{found[0].id}"
