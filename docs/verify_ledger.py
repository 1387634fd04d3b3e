"""Proves or refutes a ledger: python verify_ledger.py DESK/ledger.sqlite [CHECKPOINT].

Needs Python 3.11, nothing of deskledger, written from docs/ledger-format.md. Only a CHECKPOINT
shows a cut tail, or a ledger written anew. Exit code: 0 holds, 1 differs, 2 cannot be read.
"""

import json
import os
import re
import sqlite3
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import accumulate
from pathlib import Path

STREAM = r"(?=.{1,200}\Z)[a-z][a-z-]*(/[a-z0-9][a-z0-9._-]*){0,2}\Z"
UUID, HASH = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", r"[0-9a-f]{64}\Z"
EPOCH, MIX, WORD = datetime(1970, 1, 1), 0x5BD1E995, 0xFFFFFFFF
GENESIS, COMMIT, LANE = (b"deskledger/%b/1\0" % of for of in (b"genesis", b"commit", b"lane"))
COLUMNS = ["lane_hash", "verdict", "command", "version", "sequence", "lane_time", "checkpoint"]
ROWS = """SELECT id & 0xffffffffff, CAST(coalesce(name, logged.key) AS BLOB), value,
  coalesce(timestamp * 1000, 1 << 62), lane_hash, verdict, command, version, sequence, lane_time,
  iif(id & 0xffffffffff = ?2, ?3, lane_hash) FROM record LEFT JOIN logged USING (id)
LEFT JOIN stream ON stream.key = stream WHERE id >= ?1 << 40 AND id < (?1 + 1) << 40 ORDER BY id"""
TOLD = "lane {}, record {}, stream {}: {} should be {}, is {}".format


def need(condition, reason="malformed"):
    if not condition:
        raise ValueError("void:" + reason)


def fits(told, form):  # True is no integer.
    return type(told) is type(form) and (told >= form if form in (0, 1) else re.match(form, told))


def strict_json(data):
    def strictly(part):  # The members of an object in a list, or the text of a number.
        told = dict(part) if type(part) is list else int(part)
        need(len(told) == len(part) if type(part) is list else abs(told) < 2**53 and part != "-0")
        return told

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
            judge = self.commit if self.limits and (key or b"")[:5] != b"lane/" else self.control
            verdict = judge(key, value, strict_json(value or b""))
        except (ValueError, KeyError, TypeError) as fault:
            reason = str(fault) if str(fault).startswith("void:") else "void:malformed"
            verdict = reason if self.limits else "void:before_genesis"
        halves = b"".join(bytes(32) if h is None else sha256(h).digest() for h in (key, value))
        self.hash = sha256(LANE + self.hash + halves + verdict.encode()).digest()
        wanted = self.hash, verdict, self.command, self.version, self.sequence, self.time, self.hash
        return next((c for c in zip(COLUMNS, wanted, found, strict=True) if c[1] != c[2]), None)

    def control(self, key, _, body):
        kind, desk, lane, rules = map(body.get, ("control", "desk", "lane", "rules"))
        need(kind in (["rules", "seal"] if self.limits else ["genesis"]) and fits(desk, UUID))
        need(fits(lane, 0) and (kind == "seal" or fits(rules, 1)))
        need((key, lane, desk) == (b"lane/%d" % self.lane, self.lane, self.desk), "wrong_lane")
        if kind == "genesis":
            limits, lanes = body["limits"], body["lanes"]
            need(fits(limits["bytes"], 1) and fits(limits["events"], 1))
            need(type(lanes) is int and lanes == self.lanes)
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
        need(key == stream.encode() and self.lane_of(stream) == self.lane, "wrong_lane")
        need((stream, self.command) not in self.commands, "duplicate_command")
        follows = self.heads.get(stream, (1, sha256(GENESIS + self.desk.encode()).digest()))
        need((version, bytes.fromhex(prev)) == follows, "conflict")
        self.commands.add((stream, self.command))
        self.heads[stream] = version + len(events), sha256(COMMIT + value).digest()
        self.version, self.sequence = version, self.sequence + len(events)
        with suppress(KeyError, TypeError, ValueError):  # An unreadable time moves nothing.
            time = datetime.fromisoformat(body["recorded_at"][:-1])
            need(time.isoformat(timespec="microseconds") + "Z" == body["recorded_at"])
            self.time = max(self.time, min((time - EPOCH) // timedelta(microseconds=1), self.at))
        return "effective"

    def lane_of(self, stream):  # Murmur2, as Kafka's producers have it.
        data, mixed = stream.encode(), 0x9747B28C ^ len(stream)
        for at in range(0, len(data) - 3, 4):
            word = int.from_bytes(data[at : at + 4], "little") * MIX & WORD
            mixed = (mixed * MIX & WORD) ^ ((word ^ word >> 24) * MIX & WORD)
        if len(data) % 4:
            mixed = (mixed ^ int.from_bytes(data[len(data) & ~3 :], "little")) * MIX & WORD
        mixed = (mixed ^ mixed >> 13) * MIX & WORD
        return ((mixed ^ mixed >> 15) & 0x7FFFFFFF) % self.lanes


def differences(path, checkpoint):  # For each lane where there is one, what TOLD takes.
    wal = Path(f"{path}-wal")  # With something in it, reading needs to write.
    sealed = not os.access(wal.parent, os.W_OK) and not (wal.exists() and wal.stat().st_size)
    db = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro&immutable={sealed:d}", uri=True)
    db.text_factory = lambda text: text.decode(errors="replace")
    # Where a ledger was restored from a log, its own table says what the log said of each record.
    db.executescript("ATTACH '' AS no; CREATE TABLE no.logged (id, key, timestamp); BEGIN")
    meta = dict(db.execute("SELECT name, value FROM meta"))
    ends = {end["lane"]: (end["records"], bytes.fromhex(end["hash"])) for end in checkpoint}
    for n in range(meta["lanes"]):
        lane, end, difference = Lane(meta["desk"], meta["lanes"], n), ends.get(n, (0, None)), None
        for row in db.execute(ROWS, (n, *end)):
            if difference := lane.take(*row):
                yield n, lane.record, (row[1] or b"").decode(errors="replace"), *difference
                break
        if not difference and lane.record < (least := max(1, end[0])):
            yield n, lane.record + 1, None, "records", least, lane.record
        print(f"lane {n}: {lane.record} records, {lane.sequence} events, {lane.hash.hex()}")


if __name__ == "__main__":
    _, ledger, *kept = sys.argv if sys.argv[1:] else sys.exit(__doc__)
    try:
        promised = json.loads(Path(kept[0]).read_bytes())["lanes"] if kept else []
        found = list(differences(ledger, promised))
    except (OSError, sqlite3.Error, ValueError, LookupError, TypeError) as fault:
        sys.exit(print(f"No ledger or checkpoint can be read: {fault!r}", file=sys.stderr) or 2)
    print(*(TOLD(*one) for one in found), "It differs." if found else "It holds.", sep="\n")
    sys.exit(bool(found))
