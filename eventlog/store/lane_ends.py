"""Where the lanes of a ledger file end: their states, read from the last records."""

import sqlite3

import orjson

from deskledger.eventlog.control import read_genesis
from deskledger.eventlog.errors import LedgerDamaged
from deskledger.eventlog.lane import Genesis, LaneState, empty_lane
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.records import lane_and_record
from deskledger.eventlog.strict_json import loads_strict

_LAST = """
SELECT record.id, record.sequence, record.lane_hash, record.lane_time
FROM json_each(?) AS lane
JOIN record ON record.id = (
  SELECT id FROM record
  WHERE id > (lane.value << 40) AND id < ((lane.value + 1) << 40)
  ORDER BY id DESC LIMIT 1
)
"""
_CONTROLS = """
SELECT record.id, record.value
FROM json_each(?) AS lane
JOIN stream ON stream.name = 'lane/' || lane.value
JOIN record ON record.stream = stream.key AND record.verdict = 'control'
ORDER BY record.id
"""
_NEXT_NOUN = "SELECT min(noun) FROM stream WHERE number IS NOT NULL AND noun > ?"
_NUMBERS = """
SELECT number FROM stream WHERE noun = ? AND number IS NOT NULL ORDER BY number DESC
"""


def read_progress(connection: sqlite3.Connection, desk: str, lanes: int) -> list[Progress]:
    """How far each lane has come, in the order of lanes, at one moment of the file."""
    begins = [empty_lane(lane) for lane in range(lanes)]
    found = [Progress(desk, one.lane, one.records, one.sequence, one.hash) for one in begins]
    for record, sequence, lane_hash, _ in _last_records(connection, lanes):
        lane, records = lane_and_record(record)
        found[lane] = Progress(desk, lane, records, sequence, lane_hash)
    return found


def read_lane_states(connection: sqlite3.Connection, lanes: int) -> list[LaneState]:
    """The state of each lane, in the order of lanes; some dozen look-ups, however long they are.

    Raises:
        LedgerDamaged: a lane has lost its genesis.
    """
    controls = _controls(connection, lanes)
    places = _places(connection, lanes)
    states = [empty_lane(lane) for lane in range(lanes)]
    for record, sequence, lane_hash, lane_time in _last_records(connection, lanes):
        lane, records = lane_and_record(record)
        if lane not in controls:
            raise LedgerDamaged("A lane has lost its first record.", lane=lane)
        genesis, sealed = controls[lane]
        streams = {noun: found[lane] for noun, found in places.items() if lane in found}
        states[lane] = LaneState(
            lane, records, sequence, lane_hash, lane_time, genesis, sealed, streams
        )
    return states


def _last_records(connection: sqlite3.Connection, lanes: int) -> list[tuple[int, int, bytes, int]]:
    return sorted(connection.execute(_LAST, (_numbers(lanes),)))


def _numbers(lanes: int) -> str:
    return orjson.dumps(list(range(lanes))).decode()


def _controls(connection: sqlite3.Connection, lanes: int) -> dict[int, tuple[Genesis, bool]]:
    """Per lane what its genesis fixes, and whether a seal ends it."""
    found: dict[int, tuple[Genesis, bool]] = {}
    for record, value in connection.execute(_CONTROLS, (_numbers(lanes),)):
        lane, body = lane_and_record(record)[0], loads_strict(value)
        if lane in found:
            found[lane] = (found[lane][0], found[lane][1] or body["control"] == "seal")
        else:
            found[lane] = (read_genesis(body, lane), False)
    return found


def _places(connection: sqlite3.Connection, lanes: int) -> dict[str, dict[int, int]]:
    """Per noun and lane, how many streams have a number."""
    found = {}
    (noun,) = connection.execute(_NEXT_NOUN, ("",)).fetchone()
    while noun is not None:
        found[noun] = _places_of(connection, noun, lanes)
        (noun,) = connection.execute(_NEXT_NOUN, (noun,)).fetchone()
    return found


def _places_of(connection: sqlite3.Connection, noun: str, lanes: int) -> dict[int, int]:
    """A lane's last number says how many came before; from the end it is soon found."""
    found: dict[int, int] = {}
    for (number,) in connection.execute(_NUMBERS, (noun,)):
        found.setdefault((number - 1) % lanes, (number - 1) // lanes + 1)
        if len(found) == lanes:
            break
    return found
