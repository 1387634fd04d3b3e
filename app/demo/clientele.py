"""The customers: who they are, and how they become known to the desk."""

from dataclasses import dataclass, field
from random import Random

from deskledger.app.demo.channels import Channel
from deskledger.app.demo.plan import ZONE
from deskledger.app.demo.scribe import Scribe, Source
from deskledger.app.demo.script import Language, Script
from deskledger.domain.commands import Command
from deskledger.domain.customer.commands import (
    AddIdentity,
    RegisterCustomer,
    SetAccountManager,
    SetOrganisation,
    SetTier,
)
from deskledger.domain.customer.events import IdentityAdded
from deskledger.domain.identifiers import customer_id
from deskledger.domain.identity.commands import ClaimIdentity
from deskledger.domain.shapes import Actor
from deskledger.domain.tags import TagCustomer

_KNOWN_SHARE = 0.40
_KNOWN_BUSINESS_SHARE = 0.75
_VIP_SHARE = 0.05
_VIP_BUSINESS_SHARE = 0.45
_OPEN_MAX = 2
_MAIL_DOMAINS = ("example.com", "example.net", "example.org")
_TAGS = ("reseller", "reviewer", "beta-tester", "prefers-phone", "repeat-buyer")
_LOCALES: dict[Language, str] = {"zh": "zh-Hans", "en": "en"}


@dataclass(slots=True, eq=False)
class Customer:
    """A customer as the story remembers one.

    Attributes:
        dear: how the desk addresses them; `sender` is how they sign.
        addresses: by kind of identity.
        products: by family: code of the model, serial number and order.
        open: how many of their tickets are not settled.
        manager: id of the agent who looks after them.
    """

    stream: str
    actor: Actor
    language: Language
    dear: str
    sender: str
    city: str
    company: str
    tier: str
    addresses: dict[str, str]
    products: dict[str, tuple[int, str]] = field(default_factory=dict)
    open: int = 0
    tag: str = ""
    manager: str = ""

    @property
    def id(self) -> str:
        """The customer's id."""
        return self.actor.id


@dataclass(frozen=True, slots=True)
class _Person:
    """Who is behind a new address."""

    dear: str
    sender: str
    latin: str
    city: str
    company: str


class Clientele:
    """Draws a customer for each contact: one whom the desk knows, or a new one."""

    def __init__(self, rng: Random, script: Script, scribe: Scribe) -> None:
        self._rng = rng
        self._script = script
        self._scribe = scribe
        self._people: dict[Language, list[Customer]] = {"zh": [], "en": []}
        self._businesses: dict[Language, list[Customer]] = {"zh": [], "en": []}
        self._count = 0

    def draw(self, at: int, language: Language, channel: Channel, *, business: bool) -> Customer:
        """A customer who now turns to the desk; registered first where the desk has to."""
        known = self._returning(language, business=business)
        if known is None:
            return self._register(at, language, channel, business=business)
        self.write_from(at, known, channel)
        return known

    def stranger(self, language: Language) -> Customer:
        """Somebody who is not and will not be a customer, to take a place in spam."""
        person = self._person(language, business=False)
        return self._customer("", person, language, business=False)

    def _returning(self, language: Language, *, business: bool) -> Customer | None:
        known = (self._businesses if business else self._people)[language]
        share = _KNOWN_BUSINESS_SHARE if business else _KNOWN_SHARE
        if not known or self._rng.random() > share:
            return None
        customer = self._rng.choice(known)
        return customer if customer.open < _OPEN_MAX else None

    def _register(
        self, at: int, language: Language, channel: Channel, *, business: bool
    ) -> Customer:
        person = self._person(language, business=business)
        address = self._address(person, channel.kind)
        stream = self._scribe.identity(channel.kind, address)
        identity = stream.removeprefix("identity/")
        customer = self._customer(identity, person, language, business=business)
        customer.addresses[channel.kind] = address
        self._scribe.write(at, stream, ClaimIdentity(), channel.source)
        self._scribe.write(
            at,
            customer.stream,
            RegisterCustomer(
                kind="organisation" if business else "person",
                language=_LOCALES[language],
                zone=ZONE if language == "zh" else None,
                tier=customer.tier,
                fields={"city": person.city},
                personal_fields={"name": person.company or person.sender},
                identities=(_added(identity, channel, address),),
                source=channel.slug,
            ),
            channel.source._replace(on_behalf_of=customer.actor),
        )
        (self._businesses if business else self._people)[language].append(customer)
        return customer

    def _customer(
        self, identity: str, person: _Person, language: Language, *, business: bool
    ) -> Customer:
        part = customer_id(identity, 1)
        vip = self._rng.random() < (_VIP_BUSINESS_SHARE if business else _VIP_SHARE)
        return Customer(
            stream=f"customer/{part}",
            actor=Actor(kind="customer", id=part),
            language=language,
            dear=person.dear,
            sender=person.sender,
            city=person.city,
            company=person.company,
            tier="vip" if vip else "standard",
            addresses={},
        )

    def write_from(self, at: int, customer: Customer, channel: Channel) -> None:
        """A known customer writes, perhaps from an address that the desk does not know yet."""
        if channel.kind in customer.addresses:
            return
        self._count += 1
        latin = f"{'org' if customer.company else 'user'}{self._count}"
        person = _Person(customer.dear, customer.sender, latin, customer.city, customer.company)
        address = self._address(person, channel.kind)
        stream = self._scribe.identity(channel.kind, address)
        customer.addresses[channel.kind] = address
        self._scribe.write(at, stream, ClaimIdentity(customer=customer.id), channel.source)
        added = _added(stream.removeprefix("identity/"), channel, address)
        command = AddIdentity(**dict(added))
        self._scribe.write(at, customer.stream, command, channel.source)

    def get_to_know(self, at: int, customer: Customer, source: Source) -> None:
        """An agent finds out more: whom a person works for, or who looks after a company."""
        command = self._discovery(customer, source.actor.id)
        if command is not None:
            self._scribe.write(at, customer.stream, command, source)

    def _discovery(self, customer: Customer, agent: str) -> Command | None:
        employers = self._businesses[customer.language]
        lot = self._rng.randrange(4)
        if lot == 0 and customer.tier != "vip":
            customer.tier = "vip"
            return SetTier(tier="vip", reason="large-order")
        if lot == 1 and not customer.tag:
            customer.tag = self._rng.choice(_TAGS)
            return TagCustomer(add=(customer.tag,))
        if customer.company or not employers:
            known, customer.manager = customer.manager, agent
            stays = known == agent
            return None if stays else SetAccountManager(account_manager=agent, reason="assigned")
        employer = self._rng.choice(employers)
        customer.company = employer.company
        return SetOrganisation(organisation=employer.id, reason="stated")

    def _person(self, language: Language, *, business: bool) -> _Person:
        self._count += 1
        rng, names = self._rng, self._script.names(language)
        city = rng.choice(names.cities)
        if business:
            place, company = rng.choice(names.places), rng.choice(names.organisations)
            company += f"（{city}{place}店）" if language == "zh" else f" ({place}, {city})"
            return _Person(company, company, f"org{self._count}", city, company)
        index = rng.randrange(len(names.family_names))
        family, given = names.family_names[index], rng.choice(names.given_names)
        if language == "zh":
            dear = family + rng.choice(names.titles)
            return _Person(dear, family + given, names.latin_family_names[index], city, "")
        return _Person(given, f"{given} {family}", f"{given}.{family}".lower(), city, "")

    def _address(self, person: _Person, kind: str) -> str:
        """An address of that kind, in its normal spelling; it belongs to nobody real."""
        rng, count = self._rng, self._count
        if kind == "phone":
            return f"+86100{rng.randrange(10):d}{count:07d}"
        if kind == "email" and person.company:
            return f"service@{person.latin}.example.com"
        if kind == "email":
            return f"{person.latin}{count}@{rng.choice(_MAIL_DOMAINS)}"
        return f"{'wm' if kind == 'wecom' else 'o'}{rng.getrandbits(80):020x}{count}"


def _added(identity: str, channel: Channel, address: str) -> IdentityAdded:
    return IdentityAdded(
        identity=identity, channel=channel.kind, address=address, verified=channel.chatty
    )
