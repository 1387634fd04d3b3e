"""The desk's events as domain events of the library, for applications that follow a lane."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import orjson
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent

from deskledger.eventlog.eventsourcing.errors import ReadOnly


@dataclass(frozen=True, slots=True)
class DeskEvent:
    """One event of the desk; personal values in it are sealed.

    Attributes:
        originator_id: the stream.
        originator_version: the event's version in the stream.
        type: the event's type.
        event: all its fields, `type` and `v` included.
        commit: the commit that holds it: actor, cause, source and so on.
    """

    originator_id: str
    originator_version: int
    type: str
    event: Mapping[str, Any]
    commit: Mapping[str, Any]


class DeskEventMapper(Mapper[str]):
    """Reads what a `LaneRecorder` gives; an application names it in `MAPPER_TOPIC`."""

    def to_stored_event(self, _domain_event: DomainEventProtocol[str]) -> NoReturn:
        """Refuses: the desk's streams are changed by commands.

        Raises:
            ReadOnly: always.
        """
        raise ReadOnly

    def to_domain_event(self, stored_event: StoredEvent) -> DeskEvent:
        """The desk's event that a stored event of a lane stands for."""
        commit = orjson.loads(stored_event.state)
        event = commit.pop("event")
        stream, version = str(stored_event.originator_id), stored_event.originator_version
        return DeskEvent(stream, version, stored_event.topic, event, commit)
