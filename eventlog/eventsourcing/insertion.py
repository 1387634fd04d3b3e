"""One insert of the library: what it records, as the commit that it becomes."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version

import orjson
from eventsourcing.persistence import IntegrityError, StoredEvent, Tracking

from deskledger.domain.identifiers import uuid_text
from deskledger.eventlog.commit import Envelope, commit_hash, encode_commit
from deskledger.eventlog.control import BYTES_MAX, EVENTS_MAX
from deskledger.eventlog.eventsourcing.errors import InsertTooLarge
from deskledger.eventlog.eventsourcing.stored import (
    EVENT_STORED,
    UPSTREAM_TRACKED,
    as_event,
    event_body,
    originator_key,
    tracking_body,
)
from deskledger.eventlog.instants import format_instant
from deskledger.eventlog.judge import Head
from deskledger.eventlog.randomness import random_bytes
from deskledger.eventlog.records import Draft
from deskledger.eventlog.software import SOFTWARE

COMMAND = "InsertEvents"
SURFACE = "eventsourcing"
"""The source of such a commit: the library, and there the application by its name."""

_SOFTWARE = f"{SOFTWARE}, eventsourcing {version('eventsourcing')}"


class Insertion:
    """What one call of `insert_events` or `insert_tracking` wants recorded.

    Attributes:
        command_id: a random UUID, the same for every commit that is tried.
        versions: the versions that are to be recorded, by originator.
        tracking: what is tracked in the same commit.
    """

    def __init__(self, stored_events: Sequence[StoredEvent], tracking: Tracking | None) -> None:
        """Checks what can be checked without asking the ledger.

        Raises:
            InsertTooLarge: more events than a commit holds.
            NotStorable: a value that the ledger's JSON cannot hold.
            IntegrityError: a version of an originator stands in it twice.
        """
        self.command_id = uuid_text(random_bytes(16), 4)
        self.tracking = tracking
        self._bodies = [(EVENT_STORED, event_body(event)) for event in stored_events]
        if tracking is not None:
            self._bodies.append((UPSTREAM_TRACKED, tracking_body(tracking)))
        if len(self._bodies) > EVENTS_MAX:
            raise _too_large(f"{len(self._bodies)} events", f"{EVENTS_MAX} events")
        self.versions: dict[str, set[int]] = {}
        for event in stored_events:
            versions = self.versions.setdefault(originator_key(event.originator_id), set())
            if event.originator_version in versions:
                raise taken(event.originator_id, event.originator_version)
            versions.add(event.originator_version)
        self._stored = len(stored_events)

    @property
    def claims(self) -> set[tuple[str, int]]:
        """What it wants for itself: of commits that claim the same, only one is effective."""
        claimed = {
            (key, version) for key, versions in self.versions.items() for version in versions
        }
        if self.tracking is not None:
            claimed.add((f"upstream/{self.tracking.application_name}", 0))
        return claimed

    def draft(self, stream: str, head: Head, recorded_at: datetime) -> tuple[Draft, Head]:
        """The commit that follows a head, and the head that it makes.

        Raises:
            InsertTooLarge: the commit has more bytes than may be stored.
        """
        at = format_instant(recorded_at)
        value = encode_commit(
            commit_id=uuid_text(random_bytes(16), 4),
            stream=stream,
            version=head.version + 1,
            prev=head.hash,
            recorded_at=recorded_at,
            envelope=self._envelope(stream),
            events=[as_event(name, body, at) for name, body in self._bodies],
        )
        if len(value) > BYTES_MAX:
            raise _too_large(f"{len(value)} bytes", f"{BYTES_MAX} bytes")
        return Draft(stream, value), Head(head.version + len(self._bodies), commit_hash(value))

    def notification_ids(self, version: int) -> list[int]:
        """The ids of its stored events, in a commit whose first event has this version."""
        return list(range(version, version + self._stored))

    def _envelope(self, stream: str) -> Envelope:
        name = stream.split("/")[1]
        return Envelope(
            command_id=self.command_id,
            command_type=COMMAND,
            digest=self._digest(stream),
            actor={"kind": "service", "id": name},
            on_behalf_of=None,
            source={"surface": SURFACE, "id": name},
            correlation=self.command_id,
            cause=None,
            reads={},
            software=_SOFTWARE,
        )

    def _digest(self, stream: str) -> str:
        """SHA-256 without a key: the commit holds what it covers, so there is nothing to guess."""
        fields = {"events": [{"type": name, **body} for name, body in self._bodies]}
        asked = {"fields": fields, "stream": stream, "type": COMMAND}
        return hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()


def taken(originator: object, version: int) -> IntegrityError:
    """The library's error for a version of an originator that is recorded already."""
    return IntegrityError(f"Version {version} of {originator} is recorded already.")


def tracked_already(tracking: Tracking, tracked: int) -> IntegrityError:
    """The library's error for a tracking that does not grow."""
    return IntegrityError(
        f"Notification {tracking.notification_id} of {tracking.application_name} is tracked "
        f"already, up to {tracked}."
    )


def _too_large(has: str, most: str) -> InsertTooLarge:
    return InsertTooLarge(
        f"The insert has {has}, and one commit holds at most {most}. Nothing was stored. An insert "
        "is never split, for it would not be atomic: save fewer or smaller aggregates at a time."
    )
