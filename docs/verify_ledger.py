"""Proves or refutes a ledger: python verify_ledger.py DESK/ledger.sqlite [CHECKPOINT].

Needs Python 3.11, nothing of deskledger; written from docs/ledger-format.md. Exit code 0: it holds,
1: it differs, 2: it cannot be read.
A cut tail, or a ledger written anew from some record on, is found only against a CHECKPOINT.
"""

import hashlib
import json
import os
import re
import sqlite3
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path

STREAM = r"(?=.{1,200}\Z)[a-z][a-z-]*(/[a-z0-9][a-z0-9._-]*){0,2}"
UUID, HASH = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", r"[0-9a-f]{64}"
EPOCH, MIX, WORD = datetime(1970, 1, 1), 0x5BD1E995, 0xFFFFFFFF
COLUMNS = ["lane_hash", "verdict", "command", "version", "sequence", "lane_time", "checkpoint"]
ROWS = """SELECT id & 0xffffffffff, CAST(coalesce(name, sent) AS BLOB), value, at, lane_hash,
  verdict, command, version, sequence, lane_time, iif(id & 0xffffffffff = ?2, ?3, lane_hash)
FROM record LEFT JOIN stream ON key = stream LEFT JOIN ({}) ON place = id
WHERE id >= ?1 << 40 AND id < (?1 + 1) << 40 ORDER BY id"""

# What a log said of each record, where a ledger was restored from one: its key, and its time.
LOGGED = "SELECT id AS place, key AS sent, timestamp * 1000 AS at FROM logged"
NOT_LOGGED = "SELECT NULL AS place, NULL AS sent, NULL AS at"


def sha(label, *parts):
    return hashlib.sha256(b"".join([b"deskledger/", label, b"/1\0", *parts])).digest()


def lane_of(stream, lanes):
    data, mixed = stream.encode(), 0x9747B28C ^ len(stream)
    for at in range(0, len(data) - 3, 4):
        word = int.from_bytes(data[at : at + 4], "little") * MIX & WORD
        mixed = (mixed * MIX & WORD) ^ ((word ^ word >> 24) * MIX & WORD)
    if len(data) % 4:
        mixed = (mixed ^ int.from_bytes(data[len(data) & ~3 :], "little")) * MIX & WORD
    mixed = (mixed ^ mixed >> 13) * MIX & WORD
    return ((mixed ^ mixed >> 15) & 0x7FFFFFFF) % lanes


def need(condition, reason="malformed"):
    if not condition:
        raise ValueError("void:" + reason)


def fits(value, form):
    alike = type(value) is type(form)  # So true is no integer.
    return alike and (re.fullmatch(form, value) if isinstance(form, str) else value >= form)


def strictly(part):  # The members of an object in a list, or the text of a number.
    value = dict(part) if type(part) is list else int(part)
    need(len(value) == len(part) if type(part) is list else abs(value) < 2**53 and part != "-0")
    return value


def strict_json(data):
    need(not re.search(rb"[\0-\x1f]", data))
    brackets = re.sub(rb'"(?:[^"\\]|\\.)*"|[^][{}"]', b"", data)
    need(max(accumulate((b in b"[{") - (b in b"]}") for b in brackets), default=0) <= 32)
    hooks = ["object_pairs_hook", "parse_int", "parse_float", "parse_constant"]
    body = json.loads(data.decode(), **dict.fromkeys(hooks, strictly))
    json.dumps(body, ensure_ascii=False).encode()  # Half a surrogate pair cannot be encoded.
    need(type(body) is dict and fits(body["format"], 1) and body["format"] == 1)
    return body


class Lane:
    def __init__(self, desk, lanes, lane):
        self.desk, self.lanes, self.lane, self.limits, self.sealed = desk, lanes, lane, {}, False
        self.record, self.sequence, self.time, self.hash = 0, 0, 0, bytes(32)
        self.heads, self.commands = {}, set()

    def take(self, record, key, value, at, *found):
        self.record, self.command, self.version, self.at = self.record + 1, None, None, at
        if record != self.record or type(value) not in (bytes, type(None)):
            return "record or value", self.record, record
        try:
            need(not self.sealed, "sealed")
            need(not self.limits or len(value or b"") <= self.limits["bytes"], "too_large")
            body = strict_json(value or b"")
            control = not self.limits or (key or b"").startswith(b"lane/")
            verdict = self.control(key, body) if control else self.commit(key, value, body)
        except (ValueError, KeyError, TypeError) as fault:
            reason = str(fault) if str(fault).startswith("void:") else "void:malformed"
            verdict = reason if self.limits else "void:before_genesis"
        halves = (bytes(32) if h is None else hashlib.sha256(h).digest() for h in (key, value))
        self.hash = sha(b"lane", self.hash, *halves, verdict.encode())
        wanted = self.hash, verdict, self.command, self.version, self.sequence, self.time, self.hash
        return next((c for c in zip(COLUMNS, wanted, found, strict=True) if c[1] != c[2]), None)

    def control(self, key, body):
        kind, desk, lane, rules = map(body.get, ("control", "desk", "lane", "rules"))
        need(kind in (["rules", "seal"] if self.limits else ["genesis"]) and fits(desk, UUID))
        need(fits(lane, 0) and (kind == "seal" or fits(rules, 1)))
        need(
            key == b"lane/%d" % self.lane and lane == self.lane and desk == self.desk, "wrong_lane"
        )
        if kind == "genesis":
            limits, lanes = body["limits"], body["lanes"]
            need(fits(limits["bytes"], 1) and fits(limits["events"], 1))
            need(fits(lanes, 1) and lanes == self.lanes)
            self.limits = limits
        self.sealed = kind == "seal"
        return "control" if self.sealed or rules == 1 else "control under unknown rules"

    def commit(self, key, value, body):
        stream, version, prev, events = map(body.get, ("stream", "version", "prev", "events"))
        need(fits(stream, STREAM) and fits(version, 1) and fits(prev, HASH))
        need(type(events) is list and {type(event) for event in events} == {dict})
        need(fits(body["command"]["id"], UUID))
        self.command = bytes.fromhex(body["command"]["id"].replace("-", ""))
        need(len(events) <= self.limits["events"], "too_large")
        need(key == stream.encode() and lane_of(stream, self.lanes) == self.lane, "wrong_lane")
        need((stream, self.command) not in self.commands, "duplicate_command")
        follows = self.heads.get(stream, (1, sha(b"genesis", self.desk.encode())))
        need((version, bytes.fromhex(prev)) == follows, "conflict")
        self.commands.add((stream, self.command))
        self.heads[stream] = version + len(events), sha(b"commit", value)
        self.version, self.sequence = version, self.sequence + len(events)
        with suppress(KeyError, TypeError, ValueError):  # An unreadable time moves nothing.
            time = datetime.fromisoformat(body["recorded_at"][:-1])
            need(time.isoformat(timespec="microseconds") + "Z" == body["recorded_at"])
            said = (time - EPOCH) // timedelta(microseconds=1)
            self.time = max(self.time, said if self.at is None else min(said, self.at))
        return "effective"


def differences(path, checkpoint):
    """Yields, for each lane where there is one: lane, record, stream, what, should be, is."""
    path = Path(path).absolute()
    wal = path.with_name(f"{path.name}-wal")  # With something in it, reading needs to write.
    sealed = not os.access(path.parent, os.W_OK) and not (wal.exists() and wal.stat().st_size)
    database = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable={sealed:d}", uri=True)
    database.text_factory = lambda text: text.decode(errors="replace")
    database.execute("BEGIN")
    meta = dict(database.execute("SELECT name, value FROM meta"))
    logged = database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'logged'").fetchone()
    ends = {end["lane"]: (end["records"], bytes.fromhex(end["hash"])) for end in checkpoint}
    for number in range(meta["lanes"]):
        lane, end = Lane(meta["desk"], meta["lanes"], number), ends.get(number, (0, None))
        for row in database.execute(ROWS.format(LOGGED if logged else NOT_LOGGED), (number, *end)):
            if difference := lane.take(*row):
                yield number, lane.record, (row[1] or b"").decode(errors="replace"), *difference
                break
        else:
            if lane.record < max(1, end[0]):
                yield number, lane.record + 1, None, "records", max(1, end[0]), lane.record
        print(f"lane {number}: {lane.record} records, {lane.sequence} events, {lane.hash.hex()}")
    database.close()


if __name__ == "__main__":
    _, ledger, *kept = sys.argv if sys.argv[1:] else sys.exit(__doc__)
    try:
        promised = json.loads(Path(kept[0]).read_bytes())["lanes"] if kept else []
        found = list(differences(ledger, promised))
    except (OSError, sqlite3.Error, ValueError, LookupError, TypeError) as fault:
        print(f"Not a ledger, or not a checkpoint, that can be read: {fault!r}", file=sys.stderr)
        sys.exit(2)
    for difference in found:
        print("lane {}, record {}, stream {}: {} should be {}, is {}".format(*difference))
    print("It differs." if found else "It holds.")
    sys.exit(bool(found))
