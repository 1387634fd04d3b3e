"""What people read for codes: the desk's own names in their language, else what is shipped."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from deskledger.app.cli.session import Session
from deskledger.app.cli.texts import in_language
from deskledger.domain.configuration.desk_document import CODE_LISTS, Reasons
from deskledger.domain.configuration.document import Codes
from deskledger.domain.configuration.ticket_type import DEFAULT_TYPE, FieldDefinition

_LISTS = {
    "type": "types",
    "type_code": "types",
    "channel": "channels",
    "inbox": "inboxes",
    "tier": "tiers",
    "priority": "priorities",
    "impact": "impacts",
    "urgency": "urgencies",
    "stage": "stages",
    "tag": "tags",
    "resolution": "resolutions",
    "limits": "channels",
    **{name: name for name in CODE_LISTS},
    **{f"reason.{name}": f"reasons.{name}" for name in Reasons.model_fields},
}
"""In which list of the desk's document the codes of a field stand."""

_SHIPPED = {
    **{name: name for name in ("channel", "direction", "kind", "metric", "status")},
    "channels": "channel",
    "limits": "channel",
}
"""Under which kind the catalogue has names for codes that the software itself gives."""

REASONS = {
    "TicketAssigned": "assign",
    "TicketActivated": "resume",
    "TicketReopened": "reopen",
    "TicketClosed": "close",
    "TicketPrioritised": "prioritise",
    "TicketDueSet": "due",
    "InteractionRedacted": "redact",
    "TicketEscalated": "escalate",
}
"""Which list of reasons an event's reason stands in; that of a pause follows from the status."""

_PAUSES = {"pending": "pend", "on_hold": "hold"}


class CodeNames:
    """Names of the codes that tickets and customers carry, as the desk has named them.

    A code without a name in the reader's language stays as it is.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._language = session.language
        self._documents: dict[str, tuple[Any, ...]] = {}

    def called(self, field: str, code: str | None) -> str:
        """What people read for a code that stands in a field, such as `priority` or `tags`.

        It is empty where there is none.
        """
        if code is None:
            return ""
        named = self._named.get(_LISTS.get(field, ""), {}).get(code)
        if named is not None:
            return named
        kind = "reason" if field.startswith("reason") else _SHIPPED.get(field)
        return code if kind is None else self._session.code(kind, code)

    def reason(self, event: str, code: str, status: str | None = None) -> str:
        """What people read for the reason of an event.

        Args:
            event: its type.
            code: the reason.
            status: of a pause, the one that it brought; None where that is not known.
        """
        lists = [REASONS[event]] if event in REASONS else []
        if event == "TicketPaused":
            lists = [_PAUSES[status]] if status in _PAUSES else list(_PAUSES.values())
        told = (self.called(f"reason.{name}", code) for name in lists)
        return next((one for one in told if one != code), self.called("reason", code))

    def field(self, kind: str | None, name: str) -> str:
        """What people call a custom field of a type of ticket."""
        defined = self._field(kind, name)
        return name if defined is None else in_language(defined.names, self._language) or name

    def choice(self, kind: str | None, name: str, code: str) -> str:
        """What people read for a value of a custom field, where it is one of stated choices."""
        defined = self._field(kind, name)
        choices = () if defined is None else defined.choices
        return _by_code(choices, self._language).get(code, code)

    @cached_property
    def _named(self) -> Mapping[str, Mapping[str, str]]:
        """What each list has last named its codes in the reader's language.

        What was dropped from a list keeps its name: there are tickets that carry it.
        """
        named: dict[str, dict[str, str]] = {name: {} for name in set(_LISTS.values())}
        for document in self._versions("desk"):
            for name in CODE_LISTS:
                named[name] |= _by_code(getattr(document, name), self._language)
            for name in Reasons.model_fields:
                listed = getattr(document.reasons, name)
                named[f"reasons.{name}"] |= _by_code(listed, self._language)
        return named

    def _field(self, kind: str | None, name: str) -> FieldDefinition | None:
        """A field as the type's newest version that has it defines it."""
        for one in (kind, DEFAULT_TYPE):
            for document in reversed(() if one is None else self._versions(f"ticket-type/{one}")):
                if document.defined and name in document.defined:
                    found: FieldDefinition = document.defined[name]
                    return found
        return None

    def _versions(self, stream: str) -> tuple[Any, ...]:
        """The documents of a configuration that were not withdrawn, oldest first."""
        if stream not in self._documents:
            state: Any = self._session.desk.writer.streams.load(stream).state
            versions = () if state is None else state.versions
            found = tuple(one.document for one in versions if not one.withdrawn)
            self._documents[stream] = found
        return self._documents[stream]


def _by_code(listed: Codes, language: str) -> dict[str, str]:
    named = ((one.code, in_language(one.names, language)) for one in listed or ())
    return {code: name for code, name in named if name}
