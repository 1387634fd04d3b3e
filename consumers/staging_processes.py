"""Staging in processes of its own: Python bounds how fast records become columns.

Each process opens the ledger and the keys for itself, reads some of the lanes and sends
micro-batches as Arrow streams. The tables do not depend on how lanes interleave, so whichever
batch comes first is applied first.
"""

import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, NamedTuple

import pyarrow as pa

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.follower import FollowedLedger, Follower
from deskledger.eventlog.prefix import Prefix
from deskledger.eventlog.progress import Progress
from deskledger.projections.personal import DataKeys
from deskledger.projections.staging import Staged, Stager

PROCESSES = 2

Opener = Callable[[], AbstractContextManager[tuple[FollowedLedger, DataKeys]]]
"""Opens a ledger and the keys of its sealed values; another process is handed it, pickled."""


class _Work(NamedTuple):
    """What one process has to do: from where to where, in which lanes, and what is parked."""

    opener: Opener
    begins: Sequence[Progress]
    ends: Sequence[Progress]
    parked: frozenset[str]
    batch_records_max: int


@contextmanager
def staged_aside(
    opener: Opener,
    begins: Sequence[Progress],
    ends: Sequence[Progress],
    *,
    parked: frozenset[str],
    batch_records_max: int,
) -> Iterator[Iterator[Staged]]:
    """Micro-batches of the lanes in `ends`, from where they stand in `begins`.

    Their records are left out; only those that were set aside have their bytes. The processes are
    ended with the block.

    Raises:
        Unavailable: a process was ended from outside, or could not read.
    """
    context = get_context("spawn")
    processes: list[SpawnProcess] = []
    receivers: list[Connection] = []
    try:
        for index in range(PROCESSES):
            receiver, sender = context.Pipe(duplex=False)
            work = _Work(opener, begins, ends[index::PROCESSES], parked, batch_records_max)
            process = context.Process(target=_stage, args=(work, sender), daemon=True)
            process.start()
            sender.close()
            processes.append(process)
            receivers.append(receiver)
        yield _received(receivers)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def _received(receivers: list[Connection]) -> Iterator[Staged]:
    while receivers:
        for receiver in wait(receivers):
            assert isinstance(receiver, Connection)
            try:
                message = receiver.recv_bytes()
            except EOFError as error:
                raise Unavailable("A process that staged records was ended.") from error
            told = pickle.loads(message)  # noqa: S301 - written by our own child
            if told is None:
                receivers.remove(receiver)
            elif isinstance(told, DeskError):
                raise told
            else:
                yield _unpacked(told, receiver)


def _stage(work: _Work, sender: Connection) -> None:
    """What a process does: it sends its micro-batches, then None, or the error that ended it.

    Whoever asked for them may have been killed meanwhile: then nobody is left to be told.
    """
    with suppress(BrokenPipeError):
        _send_all(work, sender)


def _send_all(work: _Work, sender: Connection) -> None:
    try:
        with work.opener() as (ledger, data_keys):
            lanes = {end.lane for end in work.ends}
            begins = [begin for begin in work.begins if begin.lane in lanes]
            prefix = Prefix(ledger, work.ends)
            follower = Follower(
                prefix, begins, batch_size_max=work.batch_records_max, lane_by_lane=True
            )
            stager, parked = Stager(data_keys), set(work.parked)
            while records := follower.batch():
                staged = stager.stage(records, parked)
                parked.update(record.stream for record, _ in staged.aside)
                _send(staged, sender)
            sender.send_bytes(pickle.dumps(None))
    except DeskError as error:
        sender.send_bytes(pickle.dumps(error))


def _send(staged: Staged, sender: Connection) -> None:
    latest = {lane: record._replace(value=b"") for lane, record in staged.latest.items()}
    told = replace(staged, relations={}, latest=latest)
    sender.send_bytes(pickle.dumps((told, list(staged.relations))))
    for relation in staged.relations.values():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, relation.schema) as writer:
            writer.write_table(relation)
        sender.send_bytes(sink.getvalue())


def _unpacked(told: tuple[Staged, Sequence[str]], receiver: Connection) -> Staged:
    staged, names = told
    relations: dict[str, Any] = {}
    for name in names:
        with pa.ipc.open_stream(pa.py_buffer(receiver.recv_bytes())) as reader:
            relations[name] = reader.read_all()
    return replace(staged, relations=relations)
