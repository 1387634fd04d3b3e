"""The kinds of configuration, and how a document of a kind is read and checked.

A further kind is one more entry of ``KINDS``: its document's model is all that it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, get_args

from pydantic import ValidationError

from deskledger.domain.configuration.desk_document import DeskDocument, desk_format_2
from deskledger.domain.configuration.document import Document
from deskledger.domain.configuration.faults import Fault, fault
from deskledger.domain.configuration.service_policy import ServicePolicy
from deskledger.domain.configuration.shape_faults import shape_faults
from deskledger.domain.configuration.shipped_views import SHIPPED_VIEWS
from deskledger.domain.configuration.ticket_type import TicketType
from deskledger.domain.configuration.view import View
from deskledger.domain.errors import DeskError, InvalidInput

Json = dict[str, Any]


class NewerDocument(DeskError):
    """This software does not know the document's format; update the software."""


@dataclass(frozen=True)
class Kind:
    """A kind of configuration.

    Attributes:
        noun: of its streams.
        model: of its documents, in the newest format.
        upcasters: what makes a document of a format into one of the next, by the older format.
        parts: how many parts follow the noun in a stream's name.
        scoped: whether a version may be in force for some groups or a share of tickets only.
        indispensable: whether a desk cannot be without one.
        shipped: ids of those that everybody has before anything is published.
    """

    noun: str
    model: type[Document]
    upcasters: Mapping[int, Callable[[Json], Json]] = field(default_factory=dict)
    parts: int = 1
    scoped: bool = False
    indispensable: bool = False
    shipped: frozenset[str] = frozenset()

    @property
    def format(self) -> int:
        """The newest format."""
        (newest,) = get_args(self.model.model_fields["format"].annotation)
        return int(newest)

    def read(self, stored: Json) -> Document:
        """The document that was published.

        Raises:
            NewerDocument: its format is not known.
        """
        try:
            return self.model.model_validate(self._newest(stored))
        except ValidationError as error:
            raise NewerDocument(kind=self.noun, format=stored.get("format")) from error

    def faults(self, document: Any) -> list[Fault]:
        """All that is wrong with a document, in no order; none where it can be published.

        It must be of the newest format: an older one may mean less by the same words.
        """
        if not isinstance(document, dict):
            return [fault((), "no_object")]
        stated = document.get("format")
        if stated.__class__ is not int:
            return [fault(("format",), "missing")]
        if stated != self.format:
            return [fault(("format",), "of_no_format", newest=self.format)]
        return [*shape_faults(self.model, document), *self.model.faults(document)]

    def checked(self, document: Any) -> Document:
        """The document of what is to be published.

        Raises:
            InvalidInput: something is wrong; the fact ``problems`` has each path and reason.
        """
        faults = self.faults(document)
        if faults:
            raise invalid_document(faults)
        return self.model.model_validate(document)

    def _newest(self, document: Json) -> Json:
        stated = document.get("format")
        while isinstance(stated, int) and stated in self.upcasters:
            document = self.upcasters[stated](document)
            stated = document["format"]
        return document


def invalid_document(faults: list[Fault], language: str = "en") -> InvalidInput:
    """The error that names each fault of a document."""
    problems = tuple((one.path, one.sentence(language)) for one in faults)
    told = "; ".join(f"{path}: {reason}" for path, reason in problems)
    return InvalidInput(told, problems=problems)


DESK = Kind("desk", DeskDocument, {1: desk_format_2}, parts=0, indispensable=True)
TICKET_TYPE = Kind("ticket-type", TicketType, scoped=True)

VIEW = Kind("view", View, shipped=frozenset(SHIPPED_VIEWS))
SERVICE_POLICY = Kind("service-policy", ServicePolicy)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.noun: kind for kind in (DESK, TICKET_TYPE, VIEW, SERVICE_POLICY)}
)
"""Every kind of configuration, by the noun of its streams."""
