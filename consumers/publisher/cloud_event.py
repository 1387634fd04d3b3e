"""CloudEvents 1.0 in Kafka's binary mode: attributes are headers, the value is the data alone."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

CONTENT_TYPE = "application/json"
POSITION_DIGITS = 20

Headers = list[tuple[str, bytes]]

_SPEC_VERSION = ("ce_specversion", b"1.0")
_CONTENT_TYPE = ("content-type", CONTENT_TYPE.encode())


class FeedRecord(NamedTuple):
    """A record of the feed.

    Attributes:
        lane: its partition, too.
        sequence: position in the lane of the event, or of the latest one for a heartbeat.
    """

    lane: int
    sequence: int
    key: bytes
    value: bytes
    headers: Headers


def source_of(desk: str, lane: int) -> str:
    """The attribute `source`: where the numbers of events have their meaning."""
    return f"/desks/{desk}/lanes/{lane}"


def type_of(event_name: object) -> str:
    """The attribute `type` of events with this name."""
    return f"deskledger.{event_name}"


def schema_uri(event_name: object) -> str:
    """The attribute `dataschema` of events with this name, which is their schema's `$id`."""
    return f"urn:deskledger:feed:{event_name}"


def position_text(sequence: int) -> str:
    """A position as the feed writes it: texts of one length sort as the numbers do."""
    return f"{sequence:0{POSITION_DIGITS}d}"


class Describing:
    """Writes the headers of one type of event in one lane, most of which never change."""

    def __init__(self, source: str, event_type: str, schema: str) -> None:
        self._before = (_SPEC_VERSION, ("ce_source", source.encode()))
        self._type = ("ce_type", event_type.encode())
        self._schema = ("ce_dataschema", schema.encode())

    def headers(
        self, *, identity: str, subject: bytes, time: str, sequence: int, previous: int
    ) -> Headers:
        """The headers of one record.

        Args:
            identity: unique in the source.
            subject: the stream that it tells of.
            time: as it is stored.
            sequence: position in the lane.
            previous: position of the lane's published event before; 0 where there is none.
        """
        return [
            *self._before,
            ("ce_id", identity.encode()),
            self._type,
            ("ce_subject", subject),
            ("ce_time", time.encode()),
            self._schema,
            ("ce_sequence", b"%020d" % sequence),
            ("ce_previoussequence", b"%020d" % previous),
            _CONTENT_TYPE,
        ]


class Attributes(NamedTuple):
    """What a record of a feed says of its place."""

    source: str
    type: str
    sequence: int
    previous: int


def read_attributes(headers: Sequence[tuple[str, bytes | None]]) -> Attributes | None:
    """The place of a record, None for one that is no record of any feed."""
    stated: Mapping[str, bytes | None] = dict(headers)
    try:
        source, kind = (_text(stated[name]) for name in ("ce_source", "ce_type"))
        sequence, previous = (_position(stated[name]) for name in _POSITIONS)
    except (KeyError, ValueError):
        return None
    return Attributes(source, kind, sequence, previous)


_POSITIONS = ("ce_sequence", "ce_previoussequence")


def _text(value: bytes | None) -> str:
    return (value or b"").decode()


def _position(value: bytes | None) -> int:
    if value is None or len(value) != POSITION_DIGITS or not value.isdigit():
        raise ValueError("no position")
    return int(value)
