"""What the records say of one stream, for people and as JSON; personal values stay sealed."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.drawing import draw, draw_pairs, one_line
from deskledger.domain.shapes import instant_text
from deskledger.eventlog.commit import genesis_prev
from deskledger.eventlog.instants import from_microseconds
from deskledger.replay.evidence import Evidence, Named, ToldCommit
from deskledger.replay.lane_notes import Attempt

NOTHING = "–"
_SEALED = "$p"
_OF_EVENTS = ("type", "v", "occurred_at", "by")
_OF_COMMITS = ("recorded_at", "actor", "on_behalf_of", "source", "software", "correlation")
_COLUMNS = ("lane", "record", "reason", "command", "actor", "recorded", "software", "value")


def evidence_object(evidence: Evidence, desk: str) -> dict[str, Any]:
    """The evidence as JSON: one object for each event, each with the path of hashes to it."""
    last = evidence.commits[-1] if evidence.commits else None
    head = None
    if last is not None:
        version = last.noted.version + len(last.noted.body["events"]) - 1
        head = {"version": version, "hash": last.noted.hash.hex()}
    return {
        "stream": evidence.stream,
        "number": evidence.number,
        "lane": evidence.lane,
        "genesis": genesis_prev(desk).hex(),
        "head": head,
        "events": [event for commit in evidence.commits for event in _events(commit)],
        "void": dict(evidence.void),
        "attempts": [_attempt(attempt) for attempt in evidence.attempts],
    }


def tell_evidence(session: Session, evidence: Evidence, desk: str) -> None:
    """Tells every event of a stream in its order, then the attempts that are void."""
    told = evidence_object(evidence, desk)
    events, head = told["events"], told["head"]
    commits = len(evidence.commits)
    number = NOTHING if evidence.number is None else evidence.number
    facts = {"stream": evidence.stream, "number": number, "lane": evidence.lane}
    counts = {"events": len(events), "commits": commits}
    session.tell("\n" + session.say("evidence", **facts, **counts))
    session.tell(session.say("evidence.path", genesis=told["genesis"]))
    for event in events:
        title = session.code("event", str(event["type"]))
        session.tell(f"\n{event['version']}  {one_line(title)}")
        session.tell(draw_pairs(_pairs(session, event)))
    if head is not None:
        session.tell("\n" + session.say("evidence.head", **head))
    _tell_attempts(session, evidence, told["attempts"])


def _events(commit: ToldCommit) -> Iterator[dict[str, Any]]:
    noted, body = commit.noted, commit.noted.body
    command = body.get("command")
    for sequence, version, event in commit.events():
        yield {
            "position": {"lane": noted.lane, "sequence": sequence},
            "version": version,
            **{name: event.get(name) for name in _OF_EVENTS},
            **{name: body.get(name) for name in _OF_COMMITS},
            "command": command,
            "cause": None if commit.cause is None else _named(commit.cause),
            "reads": [_named(read) for read in commit.reads],
            "commit": {
                "id": body.get("commit"),
                "version": noted.version,
                "prev": body["prev"],
                "hash": noted.hash.hex(),
            },
            "record": {
                "lane": noted.lane,
                "record": noted.record,
                "verdict": "effective",
                "key_sha256": noted.key_hash.hex(),
                "value_sha256": noted.value_hash.hex(),
                "hash_before": noted.before.hex(),
                "hash_after": noted.after.hex(),
                "lane_time": instant_text(from_microseconds(noted.lane_time)),
            },
            "data": {name: value for name, value in event.items() if name not in _OF_EVENTS},
        }


def _named(named: Named) -> dict[str, Any]:
    return {**named._asdict(), "standing": named.standing.value}


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "lane": attempt.lane,
        "record": attempt.record,
        "reason": attempt.reason,
        "value_sha256": None if attempt.value_hash is None else attempt.value_hash.hex(),
        **attempt.body,
    }


def _pairs(session: Session, event: Mapping[str, Any]) -> list[tuple[str, str]]:
    position, commit, record = event["position"], event["commit"], event["record"]
    place = session.say("evidence.position", **position)
    stands = session.say("evidence.record", lane=record["lane"], record=record["record"])
    values = {
        "position": place,
        "type": f"{_plain(event['type'])} v{_plain(event['v'])}",
        "occurred": _plain(event["occurred_at"]),
        "recorded": _plain(event["recorded_at"]),
        "actor": _plain(event["actor"]),
        "on_behalf_of": _plain(event["on_behalf_of"]),
        "by": _plain(event["by"]),
        "cause": _standing(session, event["cause"]),
        "reads": "\n".join(_standing(session, read) for read in event["reads"]) or NOTHING,
        "software": _plain(event["software"]),
        "command": _plain(event["command"]),
        "data": "\n".join(
            f"{one_line(name)}: {_plain(value, session.say('evidence.sealed'))}"
            for name, value in event["data"].items()
            if value not in (None, "", [], {})
        ),
        "prev": commit["prev"],
        "hash": commit["hash"],
        "stands": stands,
        "key_sha256": record["key_sha256"],
        "value_sha256": record["value_sha256"],
        "hash_before": record["hash_before"],
        "hash_after": record["hash_after"],
    }
    return [
        (f"   {session.say(f'evidence.label.{name}')}", value) for name, value in values.items()
    ]


def _standing(session: Session, named: Mapping[str, Any] | None) -> str:
    """A version that a commit names, and how it stands to the log before the commit."""
    if named is None:
        return NOTHING
    known = NOTHING if named["known"] is None else named["known"]
    standing = session.say(f"evidence.standing.{named['standing']}", known=known)
    return f"{one_line(named['stream'])} {named['version']} ({standing})"


def _tell_attempts(session: Session, evidence: Evidence, attempts: list[dict[str, Any]]) -> None:
    count = sum(evidence.void.values())
    if not count:
        session.tell(session.say("evidence.no_attempts"))
        return
    session.tell("\n" + session.say("evidence.attempts", count=count, shown=len(attempts)))
    headers = [session.say(f"evidence.column.{name}") for name in _COLUMNS]
    session.tell(draw(headers, [_row(attempt) for attempt in attempts], right=(0, 1)))


def _row(attempt: Mapping[str, Any]) -> list[str]:
    command = attempt.get("command")
    return [
        str(attempt["lane"]),
        str(attempt["record"]),
        attempt["reason"],
        _plain(command.get("type") if isinstance(command, dict) else None),
        _plain(attempt.get("actor")),
        _plain(attempt.get("recorded_at")),
        _plain(attempt.get("software")),
        attempt["value_sha256"] or NOTHING,
    ]


def _plain(value: Any, sealed: str = _SEALED) -> str:
    """A stored value on one line: texts as they are, sealed values by a word, others as JSON."""
    if value is None:
        return NOTHING
    shown = _unsealed(value, sealed)
    return one_line(shown if isinstance(shown, str) else orjson.dumps(shown).decode())


def _unsealed(value: Any, sealed: str) -> Any:
    if isinstance(value, dict):
        if set(value) == {_SEALED}:
            return sealed
        return {name: _unsealed(inner, sealed) for name, inner in value.items()}
    if isinstance(value, list):
        return [_unsealed(inner, sealed) for inner in value]
    return value
