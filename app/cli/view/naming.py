"""Views as people name them: those that the desk has published, and those that are shipped."""

from collections.abc import Iterator
from typing import NamedTuple

from deskledger.app.cli import lookup
from deskledger.app.cli.session import Session
from deskledger.app.cli.texts import in_language
from deskledger.domain.configuration.faults import nearest
from deskledger.domain.configuration.shipped_views import SHIPPED_VIEWS
from deskledger.domain.configuration.state import ConfigurationState
from deskledger.domain.configuration.view import Share, View
from deskledger.domain.errors import CommandRefused, InvalidInput
from deskledger.projections.views.reader import Reader

NOUN = "view"


class Found(NamedTuple):
    """A view as it is in force; version 0 is shipped with the software."""

    id: str
    version: int
    view: View

    def title(self, language: str) -> str:
        """What people call it in a language, else in whichever it has, else its id."""
        names = self.view.names
        return in_language(names, language) or next(iter(names.values()), self.id)


def visible(session: Session, who: Reader) -> Iterator[Found]:
    """The views that are shared with somebody, shipped ones first."""
    published = [lookup.part(stream) for stream in lookup.every(session.desk, NOUN)]
    for name in dict.fromkeys((*SHIPPED_VIEWS, *published)):
        found = _in_force(session, name)
        if found is not None and _is_shared(session, found.view.share, who):
            yield found


def find(session: Session, name: str, who: Reader, version: int | None = None) -> Found:
    """The view that people call `name`, with or without its noun.

    Raises:
        InvalidInput: there is none, it is not shared with the reader, or has no such version.
        CommandRefused: the version, or all there are, were withdrawn.
    """
    called = name.removeprefix(f"{NOUN}/")
    there = {found.id: found for found in visible(session, who)}
    if version is not None:
        return _numbered(session, called, version, who)
    if called in there:
        return there[called]
    state = _state(session, called)
    if state is not None and state.versions and all(one.withdrawn for one in state.versions):
        facts = {"kind": NOUN, "id": called, "version": state.published}
        raise CommandRefused("version_withdrawn", facts)
    raise unknown(called, list(there))


def unknown(name: str, there: list[str]) -> InvalidInput:
    """What is said of a name that no view has."""
    told = f"There is no view {name!r}; the nearest is {nearest(name, there)}."
    return InvalidInput(told, view=name)


def _numbered(session: Session, name: str, number: int, who: Reader) -> Found:
    state = _state(session, name)
    version = None if state is None else state.numbered(number)
    if version is None or not _is_shared(session, _view(version.document).share, who):
        raise InvalidInput(f"There is no version {number} of view {name!r}.", view=name)
    if version.withdrawn:
        raise CommandRefused("version_withdrawn", {"kind": NOUN, "id": name, "version": number})
    return Found(name, number, _view(version.document))


def _in_force(session: Session, name: str) -> Found | None:
    state = _state(session, name)
    if state is not None and state.latest is not None:
        return Found(name, state.latest.number, _view(state.latest.document))
    shipped = SHIPPED_VIEWS.get(name)
    return None if shipped is None else Found(name, 0, shipped)


def _state(session: Session, name: str) -> ConfigurationState | None:
    number = session.desk.ledger.number_of(f"{NOUN}/{name}")
    if number is None:
        return None
    state: ConfigurationState | None = session.desk.writer.streams.load(f"{NOUN}/{name}").state
    return state


def _view(document: object) -> View:
    assert isinstance(document, View), "a view's stream holds views"
    return document


def _is_shared(session: Session, share: Share, who: Reader) -> bool:
    if share.kind == "desk":
        return True
    if share.kind == "agent":
        return share.id == who.agent
    group = session.desk.writer.streams.load(f"group/{share.id}").state
    return group is not None and who.agent is not None and bool(group.has(who.agent))
