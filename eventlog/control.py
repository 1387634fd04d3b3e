"""Control records: what opens a lane, changes its rules, or ends it. They hold no events."""

from typing import Any

import orjson

from deskledger.eventlog.errors import NewerVersion
from deskledger.eventlog.lane import CONTROL, Genesis, Judgement, Verdict
from deskledger.eventlog.names import CONTROL_NOUN
from deskledger.eventlog.strict_json import Malformed, is_integer, is_uuid

FORMAT = 1
RULES = 1
BYTES_MAX = 524_288
EVENTS_MAX = 1_000

_KEY = f"{CONTROL_NOUN}/".encode()


def genesis_record(desk: str, lane: int, lanes: int) -> tuple[bytes, bytes]:
    """Key and value of the record that opens a lane, with the limits that hold in it for ever."""
    body = {
        "format": FORMAT,
        "control": "genesis",
        "desk": desk,
        "lane": lane,
        "lanes": lanes,
        "rules": RULES,
        "limits": {"bytes": BYTES_MAX, "events": EVENTS_MAX},
    }
    return control_key(lane), orjson.dumps(body)


def seal_record(desk: str, lane: int) -> tuple[bytes, bytes]:
    """Key and value of the record that ends a lane: whatever follows it is void."""
    body = {"format": FORMAT, "control": "seal", "desk": desk, "lane": lane}
    return control_key(lane), orjson.dumps(body)


def is_seal(value: bytes) -> bool:
    """Whether a record that was judged to be a control record ends its lane."""
    return bool(orjson.loads(value)["control"] == "seal")


def control_key(lane: int) -> bytes:
    """The key of every control record of a lane."""
    return _KEY + str(lane).encode()


def is_control_key(key: bytes | None) -> bool:
    """Whether a record with this key is a control record; commits cannot have such a key."""
    return key is not None and key.startswith(_KEY)


def read_genesis(body: dict[str, Any], lane: int) -> Genesis:
    """What a genesis record of `lane` fixes.

    Raises:
        Malformed: it is none, or one of another lane.
        NewerVersion: its rules are not known here.
    """
    if not _is_control(body) or body["control"] != "genesis" or body["lane"] != lane:
        raise Malformed("not this lane's genesis")
    _check_rules(body)
    lanes, limits = body.get("lanes"), body.get("limits")
    if not is_integer(lanes, lane + 1) or type(limits) is not dict:
        raise Malformed("lanes or limits")
    if not is_integer(limits.get("bytes"), 1) or not is_integer(limits.get("events"), 1):
        raise Malformed("limits")
    return Genesis(body["desk"], body["lanes"], limits["bytes"], limits["events"])


def judge_control(
    body: dict[str, Any], key: bytes | None, lane: int, genesis: Genesis
) -> Judgement | None:
    """The verdict on a control record after the genesis, None if it belongs to another lane.

    Raises:
        Malformed: it has not the shape of one that may stand here; a second genesis has not.
        NewerVersion: the rules it brings in are not known here.
    """
    if not _is_control(body) or body["control"] not in ("rules", "seal"):
        raise Malformed("no control record that may stand here")
    if body["control"] == "rules" and not is_integer(body.get("rules"), 1):
        raise Malformed("rules")
    if key != control_key(lane) or body["lane"] != lane or body["desk"] != genesis.desk:
        return None
    if body["control"] == "rules":
        _check_rules(body)
    return Judgement(Verdict(CONTROL), seals=body["control"] == "seal")


def _check_rules(body: dict[str, Any]) -> None:
    if not is_integer(body.get("rules"), 1):
        raise Malformed("rules")
    if body["rules"] != RULES:
        lane, rules = body["lane"], body["rules"]
        told = (
            f"Lane {lane} goes on under rules {rules} of a newer deskledger; update the software."
        )
        raise NewerVersion(told, lane=lane, rules=rules)


def _is_control(body: dict[str, Any]) -> bool:
    return (
        is_integer(body.get("format"), FORMAT, FORMAT)
        and type(body.get("control")) is str
        and is_uuid(body.get("desk"))
        and is_integer(body.get("lane"), 0)
    )
