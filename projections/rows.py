"""The rows that a few records give, before they become columns."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
import pyarrow as pa

from deskledger.eventlog.names import noun_of
from deskledger.eventlog.records import StoredRecord
from deskledger.projections import columns
from deskledger.projections.contacts import contact_class, contact_row, contact_values
from deskledger.projections.personal import ContactValues, EventValues, Row, Unsealer
from deskledger.projections.readable import Shapes, begins_with, fits, unreadable
from deskledger.projections.usual.commit import USUAL, UsualCommit, read_usual
from deskledger.projections.usual.contacts import UsualContact


class Part(NamedTuple):
    """The columns of a few records, by the names of the relations that `columns` describes.

    `types` are those of the events, `nouns` those of their streams.
    """

    batch: pa.RecordBatch
    batch_other: pa.RecordBatch
    batch_personal: pa.RecordBatch
    batch_other_personal: pa.RecordBatch
    batch_contact: pa.RecordBatch
    batch_contact_personal: pa.RecordBatch
    types: frozenset[str]
    nouns: frozenset[str]


class _Events:
    """Rows of events, for each the place of its commit, and the sealed values."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.commits: list[int] = []
        self.values: list[EventValues] = []

    def batch(self, commits: Sequence[Row]) -> list[Row]:
        return [row + commits[place] for row, place in zip(self.rows, self.commits, strict=True)]

    def drop(self, commit: int, stream: str, version: int) -> None:
        while self.commits and self.commits[-1] == commit:
            self.commits.pop()
            self.rows.pop()
        _drop_values(self.values, stream, version)


class Rows:
    """Collects the rows of a few records."""

    def __init__(self, readable: Shapes) -> None:
        self._readable = readable
        # Where not all of the usual events can be read, none is taken for usual.
        self._usual = {name for name, v in readable.get("ticket", {}) if v == 1} >= USUAL
        self._commits: list[Row] = []
        self._tickets = _Events()
        self._others = _Events()
        self._contacts: list[Row] = []
        self._contact_events: list[int] = []
        self._contact_values: list[ContactValues] = []
        self._nouns: set[str] = set()

    def add(self, record: StoredRecord, number: int, version: int) -> None:
        """Reads one effective record whole; after an error nothing of it is left.

        Raises:
            Exception: any; the commit has not the shape that this software knows.
        """
        try:
            self._add(record, number, version)
        except Exception:
            self._drop(record.stream, version)
            raise

    def part(self, unsealer: Unsealer) -> Part:
        """All rows as columns, with the sealed values opened.

        Raises:
            LedgerDamaged: a sealed value does not open with its own key.
            ValueError, TypeError, pa.ArrowException: a value is not of its column's type.
            Unavailable: the keys could not be read.
        """
        batch = self._tickets.batch(self._commits)
        others = self._others.batch(self._commits)
        contacts = [
            row + columns.of_the_event(batch[event])
            for row, event in zip(self._contacts, self._contact_events, strict=True)
        ]
        personal = [unsealer.event_rows(events.values) for events in (self._tickets, self._others)]
        contact_personal = unsealer.contact_rows(self._contact_values)
        return Part(
            columns.record_batch(batch, columns.BATCH),
            columns.record_batch(others, columns.BATCH),
            columns.record_batch(personal[0], columns.PERSONAL),
            columns.record_batch(personal[1], columns.PERSONAL),
            columns.record_batch(contacts, columns.BATCH_CONTACT),
            columns.record_batch(contact_personal, columns.CONTACT_PERSONAL),
            frozenset(row[1] for events in (self._tickets, self._others) for row in events.rows),
            frozenset(self._nouns),
        )

    def _add(self, record: StoredRecord, number: int, version: int) -> None:
        noun = noun_of(record.stream)
        if noun == "ticket" and self._usual:
            usual = read_usual(record.value, begins=version == 1)
            if usual is not None:
                self._add_usual(usual, record, number, version)
                return
        commit = orjson.loads(record.value)
        stream, events = record.stream, commit["events"]
        rows = self._tickets if noun == "ticket" else self._others
        shapes = self._readable.get(noun, {})
        begins = begins_with(noun, version)
        before = record.sequence - len(events) - version + 1
        place = len(self._commits)
        for event in events:
            name = event["type"]
            shape = shapes.get((name, event["v"]))
            if shape is None or shape.begins != begins or not fits(shape, event):
                raise unreadable(noun, version, shape, event)
            if shape.facts is None:
                self._contact(stream, number, version, event)
            else:
                reason, was, after, since, detail, sealed = shape.facts(event)
                at, by, personal = event["occurred_at"], event["by"], bool(sealed)
                rows.rows.append(
                    (version, name, at, by, None, None, reason, was, after, since, detail, personal)
                )
                if sealed:
                    parts = [(where, pointer, value["$p"]) for where, pointer, value in sealed]
                    rows.values.append((stream, number, version, name, parts))
            rows.commits.append(place)
            version += 1
            begins = False
        self._nouns.add(noun)
        self._commits.append(_commit_row(stream, number, record.lane, before, commit))

    def _add_usual(
        self, commit: UsualCommit, record: StoredRecord, number: int, version: int
    ) -> None:
        stream, events, tickets = record.stream, commit.events, self._tickets
        before = record.sequence - len(events) - version + 1
        place = len(self._commits)
        for event in events:
            name, at = event.__class__.__name__, event.occurred_at
            if isinstance(event, UsualContact):
                values = event.values(stream, number, version)
                self._contacts.append(event.row())
                self._contact_events.append(len(tickets.rows))
                interaction, counted = event.interaction, event.contact_class
                tickets.rows.append(
                    (version, name, at, None, interaction, counted, *_NO_FACTS, values is not None)
                )
                if values is not None:
                    self._contact_values.append(values)
            else:
                *facts, sealed = event.facts()
                tickets.rows.append((version, name, at, None, None, None, *facts, bool(sealed)))
                if sealed:
                    parts = [(where, pointer, value["$p"]) for where, pointer, value in sealed]
                    tickets.values.append((stream, number, version, name, parts))
            tickets.commits.append(place)
            version += 1
        self._nouns.add("ticket")
        self._commits.append(commit.row(stream, number, record.lane, before))

    def _contact(self, stream: str, number: int, version: int, event: dict[str, Any]) -> None:
        values = contact_values(stream, number, version, event)
        self._contacts.append(contact_row(event))
        self._contact_events.append(len(self._tickets.rows))
        self._tickets.rows.append(
            (
                version,
                event["type"],
                event["occurred_at"],
                event["by"],
                event["interaction"],
                contact_class(event),
                *_NO_FACTS,
                values is not None,
            )
        )
        if values is not None:
            self._contact_values.append(values)

    def _drop(self, stream: str, version: int) -> None:
        for events in (self._tickets, self._others):
            events.drop(len(self._commits), stream, version)
        while self._contact_events and self._contact_events[-1] >= len(self._tickets.rows):
            self._contact_events.pop()
            self._contacts.pop()
        _drop_values(self._contact_values, stream, version)


_NO_FACTS = (None,) * 5


def _drop_values(
    values: list[EventValues] | list[ContactValues], stream: str, version: int
) -> None:
    while values and values[-1][0] == stream and values[-1][2] >= version:
        values.pop()


def _commit_row(
    stream: str, number: int, lane: int, sequence_before: int, commit: dict[str, Any]
) -> Row:
    actor, on_behalf_of, cause = commit["actor"], commit["on_behalf_of"], commit["cause"]
    source, command = commit["source"], commit["command"]
    return (
        stream,
        number,
        lane,
        sequence_before,
        commit["recorded_at"],
        actor["kind"],
        actor["id"],
        actor.get("version"),
        *((None, None) if on_behalf_of is None else (on_behalf_of["kind"], on_behalf_of["id"])),
        source["surface"],
        source["id"],
        commit["correlation"],
        *((None, None) if cause is None else (cause["stream"], cause["version"])),
        command["id"],
        command["type"],
    )
