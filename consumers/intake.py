"""Who is writing: from an address to the customer, registered on first contact.

The chain claim, register, then the contact itself has ids derived from one key, so that a chain
cut short by a crash is simply run again from its start.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from deskledger.domain.customer.commands import RegisterCustomer
from deskledger.domain.customer.events import IdentityAdded
from deskledger.domain.identity.commands import ClaimIdentity
from deskledger.domain.shapes import FieldValue
from deskledger.eventlog.identity import identity_stream, normal_address
from deskledger.eventlog.vault.vault import Secrets
from deskledger.eventlog.writing.requests import Request
from deskledger.eventlog.writing.writer import Task, Writer


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of somebody at the first contact.

    Attributes:
        kind: of the address: email, phone, or the channel's slug.
        key: what the ids of the commands are derived from; the same for a repeated contact.
        personal_fields: name and the like; sealed before they are stored.
        source: where the desk learnt of the person.
    """

    kind: str
    address: str
    key: str
    organisation: bool = False
    verified: bool = False
    language: str | None = None
    zone: str | None = None
    tier: str | None = None
    fields: dict[str, FieldValue] = field(default_factory=dict)
    personal_fields: dict[str, FieldValue] = field(default_factory=dict)
    source: str = "contact"


def customers_of(
    writer: Writer,
    secrets: Secrets,
    persons: Sequence[Person],
    request: Request,
    *,
    country: str | None = None,
) -> list[str]:
    """The customers' ids of persons, in their order; unknown ones are claimed and registered.

    Where a customer was merged, it is the survivor, even while the address has not moved yet.
    Whether a sender is blocked is decided with the contact itself, which is then refused.

    Args:
        writer: decides and records the commands.
        secrets: the desk's keys, from which identities' ids are made.
        persons: one per contact; the same address may stand several times.
        request: who asks; keys are derived per person.
        country: two capital letters, for telephone numbers in national form.

    Raises:
        InvalidInput: an address is none of its kind.
    """
    addresses = [normal_address(p.kind, p.address, country=country) for p in persons]
    identities = [
        identity_stream(secrets.identity, person.kind, address)
        for person, address in zip(persons, addresses, strict=True)
    ]
    _claim(writer, persons, identities, request)
    known = writer.streams.load_all(identities)
    customers = [known[identity].state.customer for identity in identities]
    found = zip(persons, addresses, identities, customers, strict=True)
    _register(writer, {customer: (p, a, i) for p, a, i, customer in found}, request)
    return survivors(writer, customers)


def survivors(writer: Writer, customers: Sequence[str]) -> list[str]:
    """Who stands for customers, in their order: themselves, or who took their places at last."""
    taken: dict[str, str] = {}
    asked = set(customers)
    while asked:
        known = writer.streams.load_all([f"customer/{customer}" for customer in asked])
        states = {customer: known[f"customer/{customer}"].state for customer in asked}
        merged = {one: s.merged_into for one, s in states.items() if s and s.merged_into}
        taken |= merged
        asked = set(merged.values())
    return [_last(taken, customer) for customer in customers]


def _last(taken: dict[str, str], customer: str) -> str:
    # Every step leads to an older customer, so this comes to an end.
    while customer in taken:
        customer = taken[customer]
    return customer


def _claim(
    writer: Writer, persons: Sequence[Person], identities: Sequence[str], request: Request
) -> None:
    known = writer.streams.load_all(identities)
    free = {
        identity: person
        for identity, person in zip(identities, persons, strict=True)
        if known[identity].state is None or known[identity].state.customer is None
    }
    writer.execute_many(
        Task(identity, ClaimIdentity(), replace(request, key=f"{person.key}/claim"))
        for identity, person in free.items()
    )


def _register(writer: Writer, found: dict[str, tuple[Person, str, str]], request: Request) -> None:
    known = writer.streams.load_all([f"customer/{customer}" for customer in found])
    writer.execute_many(
        Task(
            f"customer/{customer}",
            _registration(person, address, identity),
            replace(request, key=f"{person.key}/register"),
        )
        for customer, (person, address, identity) in found.items()
        if known[f"customer/{customer}"].state is None
    )


def _registration(person: Person, address: str, identity: str) -> RegisterCustomer:
    return RegisterCustomer(
        kind="organisation" if person.organisation else "person",
        language=person.language,
        zone=person.zone,
        tier=person.tier,
        fields=person.fields,
        personal_fields=person.personal_fields,
        identities=(
            IdentityAdded(
                identity=identity.partition("/")[2],
                channel=person.kind,
                address=address,
                verified=person.verified,
            ),
        ),
        source=person.source,
    )
