"""What a ledger says of one stream: every event with its path of hashes, and all attempts on it."""

import hashlib
from pathlib import Path

import pytest

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.commit import commit_hash, genesis_prev
from deskledger.eventlog.control import genesis_record
from deskledger.eventlog.lane import lane_hash
from deskledger.eventlog.names import lane_of
from deskledger.eventlog.records import Draft
from deskledger.replay import stream_watch
from deskledger.replay.chains import verify_chains
from deskledger.replay.export.lane_files import lane_file
from deskledger.replay.proving import Wanted
from tests.eventlog.build import DESK, NOTE, Chain, commit, new_ledger, ticket
from tests.replay.evidences import told
from tests.replay.exports import Logged, exported, verified, write_replica
from tests.replay.ledgers import LANES, change, rows, write_ledger


def test_the_path_of_hashes_leads_from_the_genesis_to_the_head(tmp_path: Path) -> None:
    path = write_ledger(tmp_path)
    evidence = told(path, ticket(3))
    prev, version = genesis_prev(DESK), 1
    for one in evidence.commits:
        assert one.noted.body["prev"] == prev.hex()
        assert one.noted.version == version
        prev, version = one.noted.hash, version + len(one.noted.body["events"])
    (head,) = rows(
        path, "SELECT max(version) AS v FROM record JOIN stream ON key = stream WHERE name = :name",
        name=ticket(3),
    )  # fmt: skip
    assert evidence.commits[-1].noted.version == head["v"]


def test_each_commit_stands_in_its_lane_hash(tmp_path: Path) -> None:
    path = write_ledger(tmp_path)
    hashes = {
        (row["lane"], row["record"]): row["lane_hash"]
        for row in rows(path, "SELECT id >> 40 AS lane, id & 255 AS record, lane_hash FROM record")
    }
    for one in told(path, ticket(3)).commits:
        noted = one.noted
        before, after = ((noted.lane, noted.record - 1), (noted.lane, noted.record))
        assert (noted.before, noted.after) == (hashes[before], hashes[after])
        parts = noted.before + noted.key_hash + noted.value_hash + b"effective"
        assert hashlib.sha256(b"deskledger/lane/1\0" + parts).digest() == noted.after


def test_events_have_their_positions_and_versions(tmp_path: Path) -> None:
    path = write_ledger(tmp_path)
    for number in range(1, 7):
        evidence = told(path, ticket(number))
        events = [event for one in evidence.commits for event in one.events()]
        assert [version for _, version, _ in events] == list(range(1, len(events) + 1))
        ends = rows(path, "SELECT sequence FROM record WHERE id >> 40 = :lane", lane=evidence.lane)
        assert {sequence for sequence, _, _ in events} <= set(range(1, ends[-1]["sequence"] + 1))
    every = [
        (told(path, ticket(number)).lane, sequence)
        for number in range(1, 7)
        for one in told(path, ticket(number)).commits
        for sequence, _, _ in one.events()
    ]
    assert len(set(every)) == len(every)


def test_a_ticket_is_found_by_its_number(tmp_path: Path) -> None:
    path = write_ledger(tmp_path)
    numbers = rows(path, "SELECT name, number FROM stream WHERE number IS NOT NULL")
    for row in numbers:
        evidence = told(path, row["number"])
        assert (evidence.stream, evidence.number) == (row["name"], row["number"])
    alone = lane_file(exported(path), evidence.lane, LANES)
    assert verified(alone, wanted=evidence.number).evidence == evidence


@pytest.mark.parametrize("wanted", [0, -3, 9999, "ticket/none", "lane/0", "no stream", ""])
def test_what_no_record_names_is_bad_input(tmp_path: Path, wanted: Wanted) -> None:
    path = write_ledger(tmp_path)
    with pytest.raises(InvalidInput):
        verify_chains(path, wanted=wanted)
    with pytest.raises(InvalidInput):
        verified(exported(path), wanted=wanted)


def test_a_stream_of_a_lane_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    path = write_ledger(tmp_path)
    lane = lane_of(ticket(3), LANES)
    other = lane_file(exported(path), (lane + 1) % LANES, LANES)
    with pytest.raises(InvalidInput, match=f"belongs to lane {lane}"):
        verified(other, wanted=ticket(3))


def test_void_attempts_are_told_with_their_reasons(tmp_path: Path) -> None:
    path = write_ledger(tmp_path)
    evidence = told(path, ticket(1))
    stored = rows(
        path,
        """
        SELECT record.id & 255 AS record, verdict, value FROM record JOIN stream ON key = stream
        WHERE name = :name AND version IS NULL ORDER BY record.id
        """,
        name=ticket(1),
    )
    assert stored
    found = [(one.record, f"void:{one.reason}", one.value_hash) for one in evidence.attempts]
    own = [(row["record"], row["verdict"], _digest(row["value"])) for row in stored]
    assert set(own) <= set(found)
    assert sum(evidence.void.values()) == len(found)
    assert all(one.body["software"] == "deskledger tests" for one in evidence.attempts)


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()


def test_attempts_in_other_lanes_and_garbage_under_the_key_are_told(tmp_path: Path) -> None:
    stream = ticket(1)
    own, key = lane_of(stream, LANES), stream.encode()
    good, astray = commit(stream), commit(stream)
    lanes = {lane: [Logged(0, -1, *genesis_record(DESK, lane, LANES))] for lane in range(LANES)}
    lanes[own] += [Logged(1, -1, key, good), Logged(2, -1, key, b"\xff"), Logged(3, -1, key, None)]
    lanes[(own + 1) % LANES] += [Logged(1, -1, key, astray), Logged(2, -1, b"other", astray)]
    evidence = told(write_replica(tmp_path, lanes), stream)
    assert evidence.void == {"malformed": 2, "wrong_lane": 2}
    hashes = [one.value_hash for one in evidence.attempts]
    assert sorted(map(str, hashes)) == sorted(
        map(str, [_digest(b"\xff"), None, _digest(astray), _digest(astray)])
    )
    assert evidence.number is not None


def test_only_so_many_attempts_are_kept_but_all_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_watch, "ATTEMPTS_MAX", 3)
    monkeypatch.setattr(stream_watch, "ATTEMPT_BYTES_MAX", 600)
    with new_ledger(tmp_path, lanes=LANES) as ledger:
        chain = Chain(ticket(1))
        ledger.append([chain.next(), *(Draft(ticket(1), commit(ticket(1))) for _ in range(5))])
    evidence = told(tmp_path / "ledger.sqlite", ticket(1))
    assert evidence.void == {"conflict": 5}
    assert [one.body for one in evidence.attempts] == [{}] * 3


def test_evidence_ends_where_the_lane_differs(tmp_path: Path) -> None:
    path = write_ledger(tmp_path)
    before = told(path, ticket(3))
    (row,) = rows(
        path,
        """
        SELECT max(record.id) AS id FROM record JOIN stream ON key = stream
        WHERE name = :name AND version IS NOT NULL
        """,
        name=ticket(3),
    )
    change(path, "UPDATE record SET verdict = 'void:conflict' WHERE id = :id", id=row["id"])
    report = verify_chains(path, wanted=ticket(3))
    assert report.differences
    assert report.evidence is not None
    assert report.evidence.commits == before.commits[:-1]


def test_a_difference_is_told_even_where_it_hides_the_stream(tmp_path: Path) -> None:
    path = write_ledger(tmp_path)
    number = told(path, ticket(3)).number
    lane = lane_of(ticket(3), LANES)
    change(path, "UPDATE record SET verdict = 'void:conflict' WHERE id = :id", id=lane << 40 | 2)
    exported(path)
    for wanted in (ticket(3), number):
        found = verified(path.parent / "lanes", wanted=wanted)
        report = verify_chains(path, wanted=wanted)
        assert [(one.lane, one.record) for one in report.differences] == [(lane, 2)]
        assert found.differences == report.differences
        assert found.evidence == report.evidence


def test_what_was_noted_of_a_commit_follows_from_its_bytes(tmp_path: Path) -> None:
    with new_ledger(tmp_path, lanes=LANES) as ledger:
        draft = Chain(ticket(1)).next(event={**NOTE, "text": {"$p": ["a", "b", "c"]}})
        ledger.append([draft])
    (one,) = told(tmp_path / "ledger.sqlite", ticket(1)).commits
    noted = one.noted
    assert noted.hash == commit_hash(draft.value)
    key = draft.stream.encode()
    assert noted.after == lane_hash(noted.before, key, draft.value, "effective")
    ((_, _, event),) = one.events()
    assert event["text"] == {"$p": ["a", "b", "c"]}
