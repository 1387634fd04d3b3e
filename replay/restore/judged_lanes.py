"""Exported lanes judged on their way into a new ledger, by this process or by several."""

import hashlib
import multiprocessing
import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import NamedTuple

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import LedgerDamaged, Unavailable
from deskledger.eventlog.names import CONTROL_NOUN, lane_of_valid, noun_of
from deskledger.eventlog.records import record_id
from deskledger.eventlog.store.arrivals import Arrival
from deskledger.eventlog.store.loading import LoadedLane, Logged
from deskledger.replay.chain_report import Difference
from deskledger.replay.export.forms import Form, form_of
from deskledger.replay.exported_lane import ExportedLane
from deskledger.replay.lane_judge import Judged, LaneJudge, Shape

RECORDS_PER_BATCH = 2_000

Take = Callable[[LoadedLane], None]


class ListedLane(NamedTuple):
    """An exported lane, and the SHA-256 in hex that its file is to have."""

    exported: ExportedLane
    sha256: str

    def restore(self, take: Take) -> None:
        """Judges every record of the lane and hands on its rows, some at a time.

        Raises:
            LedgerDamaged: a record is not what it was; the message names file, line, lane, record.
            ForeignFile, NewerVersion: it is no exported lane that this software reads.
            OSError: it cannot be read.
        """
        header, path = self.exported.header, self.exported.path
        judge = LaneJudge(header.lane, Shape(header.desk, header.lanes))
        rows = _Rows(judge, header.lanes, take)
        difference = self.exported.take_all(judge, lambda _: None)
        if difference is not None:
            raise _damaged(path, difference)
        rows.hand_on()
        # Last, because it says only that something differs, and the judge says what.
        if _digest(path) != self.sha256:
            told = f"{path} is not the file that the manifest lists; nothing was restored."
            raise LedgerDamaged(told, file=str(path))


class _Rows:
    """Turns the records of one lane into rows, as its judge takes them."""

    def __init__(self, judge: LaneJudge, lanes: int, take: Take) -> None:
        self._judge = judge
        self._lanes = lanes
        self._take = take
        self._streams: dict[str, int] = {}
        self._begin()
        judge.notice = self.add

    def add(self, judged: Judged) -> None:
        record, judgement, before, after = judged
        # What a commit states is what its key spells, where the judge let it pass.
        name = judgement.stream if judgement.verdict.version is not None else record.stream
        is_new = name is not None and name not in self._streams
        identifier = record_id(before.lane, after.records)
        self._arrivals.append(
            Arrival(
                identifier,
                None if name is None else self._streams.setdefault(name, len(self._streams)),
                judgement.command,
                judgement.verdict.text,
                judgement.verdict.version,
                after.sequence,
                after.lane_time,
                after.hash,
                record.value,
                name if is_new else None,
                noun_of(name) if is_new and name is not None else None,
                judgement.number,
            )
        )
        if is_new and name is not None and self._is_stray(name):
            self._strays.append(self._streams[name])
        if record.received_at is not None or (name is None and record.key is not None):
            time = None if record.received_at is None else record.received_at // 1000
            self._logged.append(Logged(identifier, time, record.key if name is None else None))
        if len(self._arrivals) == RECORDS_PER_BATCH:
            self.hand_on()

    def hand_on(self) -> None:
        self._take(LoadedLane(self._judge.state.lane, self._arrivals, self._strays, self._logged))
        self._begin()

    def _begin(self) -> None:
        self._arrivals: list[Arrival] = []
        self._strays: list[int] = []
        self._logged: list[Logged] = []

    def _is_stray(self, name: str) -> bool:
        lane = self._judge.state.lane
        if noun_of(name) == CONTROL_NOUN:
            # It belongs to the lane that it names, wherever its hash would put it.
            return name != f"{CONTROL_NOUN}/{lane}"
        return lane_of_valid(name, self._lanes) != lane


def restore_lanes(lanes: Sequence[ListedLane], processes: int, take: Take) -> None:
    """Judges lanes in so many child processes, or in this one; all rows come to this one.

    Raises:
        LedgerDamaged, ForeignFile, NewerVersion, OSError: as `ListedLane.restore`.
        Unavailable: a child was ended from outside.
    """
    if processes == 1 or len(lanes) == 1:
        for lane in lanes:
            lane.restore(take)
        return
    # They are new processes and no forks: a fork would share the parent's locks on files.
    context = multiprocessing.get_context("spawn")
    sources: list[Connection] = []
    children = []
    try:
        for place in range(min(processes, len(lanes))):
            source, sink = context.Pipe(duplex=False)
            sources.append(source)
            work = (lanes[place::processes], sink)
            child = context.Process(target=_restore_in_child, args=work, daemon=True)
            children.append(child)
            child.start()
            sink.close()
        for loaded in _arriving(sources):
            take(loaded)
    finally:
        for source in sources:
            source.close()
        for child in children:
            child.terminate()
            child.join()


def _arriving(sources: Sequence[Connection]) -> Iterator[LoadedLane]:
    """What the children hand on, until each has said that it has done its part."""
    working = list(sources)
    while working:
        for ready in wait(working):
            source = next(one for one in working if one is ready)
            try:
                found = pickle.loads(source.recv_bytes())  # noqa: S301 - from our own child
            except EOFError as error:
                told = "A process that judges lanes was ended; restore again."
                raise Unavailable(told) from error
            if isinstance(found, Exception):
                raise found
            if found is None:
                working.remove(source)
            else:
                lane, arrivals, strays, logged = found
                yield LoadedLane(lane, list(map(Arrival._make, arrivals)), strays, logged)


def _restore_in_child(lanes: Sequence[ListedLane], sink: Connection) -> None:
    def hand_on(loaded: LoadedLane) -> None:
        # Plain tuples: names of classes would double what is sent.
        rows = list(map(tuple, loaded.arrivals))
        sink.send_bytes(pickle.dumps((loaded.lane, rows, loaded.strays, list(loaded.logged)), 5))

    # A parent that has gone needs no answer.
    with closing(sink), suppress(BrokenPipeError):
        try:
            for lane in lanes:
                lane.restore(hand_on)
        except (DeskError, OSError) as error:
            sink.send_bytes(pickle.dumps(error))
            return
        sink.send_bytes(pickle.dumps(None))


def _damaged(path: Path, found: Difference) -> LedgerDamaged:
    """What is wrong with a file, down to the line; one in Parquet has rows."""
    assert found.record is not None
    jsonl = form_of(path) is Form.JSONL
    place = f"line {found.record + 1}" if jsonl else f"row {found.record}"
    told = f"{path}, {place}: {found}; nothing was restored."
    facts = {"file": str(path), "lane": found.lane, "record": found.record, "what": found.what}
    line = {"line": found.record + 1} if jsonl else {}
    return LedgerDamaged(told, **facts, **line)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
