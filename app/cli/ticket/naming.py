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
    found = _with_reference(session, name, None)
    system, colon, identity = name.partition(":")
    if not found and colon:
        found = _with_reference(session, identity, system)
    if not found:
        raise lookup.unknown("ticket", name)
    if len(found) > 1:
        listed = "; ".join(f"{number} ({called})" for number, (_, called) in found.items())
        told = f"Several tickets are called {name!r}; name one by its number: {listed}."
        raise InvalidInput(told, ticket=name, numbers=list(found))
    ((stream, _),) = found.values()
    return stream


def interaction_of(session: Session, stream: str, name: str) -> str:
    """The id of a message, reply, note or call named by its id, or its version in the history.

    Raises:
        InvalidInput: no contact of the ticket has this version.
    """
    if not (name.isascii() and name.isdigit()):
        return name
    known = session.desk.writer.streams.load(stream).state.interactions
    for interaction, one in known.items():
        if str(one.version) == name:
            return str(interaction)
    told = f"Version {name} of the ticket is no message; `deskledger ticket history` shows them."
    raise InvalidInput(told, version=name)


def _with_reference(
    session: Session, identity: str, system: str | None
) -> dict[int, tuple[str, str]]:
    """Streams of the tickets with a reference, by number, and what each is called there."""
    from deskledger.projections.queries import find_tickets  # noqa: PLC0415 - loads DuckDB

    found: dict[int, tuple[str, str]] = {}
    for number in find_tickets(session.tables, identity).value:
        stream = session.desk.ledger.stream_of("ticket", number)
        assert stream is not None  # the tables follow from the ledger
        state = session.desk.writer.streams.load(stream).state
        called = [
            f"{one.system} {one.kind} {one.id}"
            for one in (held.present for held in state.references.values())
            if one is not None and one.id == identity and system in (None, one.system)
        ]
        if called:
            found[number] = (stream, called[0])
    return found
