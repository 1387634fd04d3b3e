"""From what people call a thing to the stream that it is."""

from collections.abc import Iterator
from uuid import UUID

from deskledger.app.desk import Desk
from deskledger.consumers.intake import survivors
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.identity import identity_stream, normal_address

_PAGE = 1_000


def ticket(desk: Desk, name: str) -> str | None:
    """The stream of a ticket named by number, id or stream; None where none is called so."""
    return _by_number_or_id(desk, "ticket", name)


def agent(desk: Desk, name: str) -> str:
    """The id of an agent named by number, id, stream, name or email.

    Raises:
        InvalidInput: nobody is called so, or several are.
    """
    stream = _by_number_or_id(desk, "agent", name)
    found = (
        [stream] if stream else [one for one in every(desk, "agent") if _called(desk, one, name)]
    )
    return part(_only(desk, found, "agent", name))


def reader(desk: Desk, stated: str | None) -> str:
    """The id of the agent who looks: the one who acts, else the one that `init` made.

    Raises:
        InvalidInput: nobody is called so, or several are.
    """
    return desk.first_agent() if stated is None else agent(desk, stated)


def customer(desk: Desk, name: str) -> str:
    """The id of a customer named by number, id, stream, email address or telephone number.

    An address of another kind is written kind:address, such as wecom:wang.

    Raises:
        InvalidInput: nobody is called so, or the address is none of its kind.
    """
    stream = _by_number_or_id(desk, "customer", name) or _by_address(desk, name)
    return part(_only(desk, [stream] if stream else [], "customer", name))


def _by_address(desk: Desk, name: str) -> str | None:
    """The stream of the customer to whom an address leads; what is no address leads to nobody."""
    try:
        state = desk.writer.streams.load(identity(desk, *address(name))[0]).state
    except InvalidInput:
        if any(mark in name for mark in "@:+"):
            raise
        return None
    known = [state.customer] if state is not None and state.customer else []
    return next((f"customer/{one}" for one in survivors(desk.writer, known)), None)


def group(name: str) -> str:
    """The id of a group, which may be named by its stream; the desk says whether there is one."""
    return name.removeprefix("group/")


def known_group(desk: Desk, name: str) -> str:
    """The id of a group that there is.

    Raises:
        InvalidInput: there is none of this name.
    """
    stream = f"group/{group(name)}"
    return part(_only(desk, [stream] if desk.ledger.number_of(stream) else [], "group", name))


def agent_or_group(desk: Desk, name: str) -> str:
    """The stream of an agent or a group; a group is named by its id.

    Raises:
        InvalidInput: nothing is called so, or several agents are.
    """
    if desk.ledger.number_of(f"group/{group(name)}") is not None:
        return f"group/{group(name)}"
    return f"agent/{agent(desk, name)}"


def part(stream: str) -> str:
    """The id in a stream's name."""
    return stream.partition("/")[2]


def address(stated: str) -> tuple[str, str]:
    """Kind and address of `kind:address`, an email address or a telephone number.

    Raises:
        InvalidInput: it is none of these; the message does not repeat what may be a name.
    """
    kind, mark, rest = stated.partition(":")
    if mark:
        return kind, rest
    if "@" in stated:
        return "email", stated
    if not any(character.isdigit() for character in stated):
        raise InvalidInput(
            "An address is name@domain, a telephone number, or kind:address such as wecom:wang."
        )
    return "phone", stated


def identity(desk: Desk, kind: str, stated: str) -> tuple[str, str]:
    """The stream of an address's identity, and the address as it is known.

    Raises:
        InvalidInput: the address is none of its kind.
    """
    normal = normal_address(kind, stated, country=desk.document().country)
    return identity_stream(desk.vault.secrets.identity, kind, normal), normal


def every(desk: Desk, noun: str) -> Iterator[str]:
    """All streams of a noun, in the order of their numbers."""
    after = 0
    while page := desk.ledger.streams(noun, after, _PAGE):
        yield from (stream for _, stream in page)
        after = page[-1][0]


def unknown(noun: str, name: str) -> InvalidInput:
    """What is said of a name that nothing has; that of a customer may be an address."""
    called = "" if noun == "customer" else f" {name!r}"
    told = f"There is no such {noun}{called}; `deskledger {noun} list` shows those that there are."
    return InvalidInput(told, **({noun: name} if called else {}))


def _by_number_or_id(desk: Desk, noun: str, name: str) -> str | None:
    if name.isascii() and name.isdigit() and len(name) < len(str(2**63)):
        return desk.ledger.stream_of(noun, int(name))
    stream = f"{noun}/{name.removeprefix(f'{noun}/').lower()}"
    return stream if _is_uuid(stream) and desk.ledger.number_of(stream) is not None else None


def _is_uuid(stream: str) -> bool:
    try:
        UUID(stream.partition("/")[2])
    except ValueError:
        return False
    return True


def _called(desk: Desk, stream: str, name: str) -> bool:
    personal = desk.writer.streams.load(stream).state.personal_fields
    values = (personal[field].present for field in ("name", "email") if field in personal)
    return name.casefold() in (value.casefold() for value in values if isinstance(value, str))


def _only(desk: Desk, found: list[str], noun: str, name: str) -> str:
    if not found:
        raise unknown(noun, name)
    if len(found) > 1:
        numbers = [desk.ledger.number_of(stream) for stream in found]
        listed = ", ".join(str(number) for number in numbers)
        told = f"Several {noun}s are called {name!r}; name one by its number: {listed}."
        raise InvalidInput(told, **{noun: name}, numbers=numbers)
    return found[0]
