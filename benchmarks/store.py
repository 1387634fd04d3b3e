"""The store without the domain: appends by threads and in lists, keys, sealed values, reading.

Every commit is valid and judged; making its bytes is not measured where a list is appended, and
is part of the work where threads append.
"""

import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from report import print_machine, print_table, scratch

from deskledger.eventlog.commit import Envelope, encode_commit, genesis_prev
from deskledger.eventlog.follower import Follower
from deskledger.eventlog.records import Draft
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.eventlog.vault.sealing import Sealer, unseal
from deskledger.eventlog.vault.vault import Vault

DESK = "00000000-0000-4000-8000-000000000001"
EVENT = {"type": "NoteAdded", "v": 1, "text": "x" * 300}
APPENDS = 8_000
LIST_SIZE = 1_000
LISTS = 20
VALUES = 5_000


class Place(NamedTuple):
    """Where an event has a personal value."""

    parts: tuple[str, ...]
    purpose: str


def main() -> None:
    """Measure each part in a desk of its own and print one table each."""
    print_machine()
    with scratch() as directory:
        EmbeddedLedger.create(directory, desk=DESK)
        Vault.create(directory, DESK, bytes(32))
        with EmbeddedLedger.open(directory) as ledger:
            rows = [_threads(ledger, threads) for threads in (1, 8, 32)]
            print_table("Appends", ("threads", "per second", "p50 ms", "p99 ms", "CPU µs"), rows)
            print_table("In bulk", ("what", "per second"), [_lists(ledger), _reading(ledger)])
        with Vault.open(directory, DESK, bytes(32)) as vault:
            print_table("Keys and values", ("what", "µs each"), _values(vault))


def _threads(ledger: EmbeddedLedger, threads: int) -> tuple[float, ...]:
    """Appends by so many threads, each to streams of its own."""
    latencies: list[float] = []

    def work() -> None:
        stream, version, head = f"ticket/{uuid.uuid4()}", 1, genesis_prev(DESK)
        for _ in range(APPENDS // threads):
            draft = Draft(stream, _commit(stream, version, head))
            began = time.perf_counter()
            (receipt,) = ledger.append([draft])
            latencies.append((time.perf_counter() - began) * 1e3)
            assert receipt.hash is not None
            version, head = version + 1, receipt.hash

    workers = [threading.Thread(target=work) for _ in range(threads)]
    wall, cpu = time.perf_counter(), time.process_time()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    latencies.sort()
    count = len(latencies)
    middle, late = latencies[count // 2], latencies[count * 99 // 100]
    return (threads, count / wall, middle, late, cpu / count * 1e6)


def _lists(ledger: EmbeddedLedger) -> tuple[str, float]:
    """Lists of commits, each the first of its stream."""
    streams = [f"ticket/{uuid.uuid4()}" for _ in range(LIST_SIZE * LISTS)]
    drafts = [Draft(stream, _commit(stream, 1, genesis_prev(DESK))) for stream in streams]
    began = time.perf_counter()
    for start in range(0, len(drafts), LIST_SIZE):
        ledger.append(drafts[start : start + LIST_SIZE])
    wall = time.perf_counter() - began
    return (f"appended in lists of {LIST_SIZE:,}", len(drafts) / wall)


def _reading(ledger: EmbeddedLedger) -> tuple[str, float]:
    follower, count = Follower(ledger, batch_size_max=10_000), 0
    began = time.perf_counter()
    while batch := follower.batch():
        count += len(batch)
    return ("followed in batches of 10,000", count / (time.perf_counter() - began))


def _values(vault: Vault) -> list[tuple[str, float]]:
    sealer = Sealer(vault)
    text = [Place(("text",), "text")]
    name = [Place(("text",), "subject")]
    sealed = [sealer.seal("ticket/1", EVENT, text, "customer/1") for _ in range(VALUES)]
    ids = [vault.text_key("customer/1").id for _ in range(VALUES)]
    keys = vault.data_keys(ids)
    own = sealer.seal("ticket/1", EVENT, name, "customer/1")
    (subject,) = vault.subject_keys(["customer/1"]).values()
    opening = vault.data_keys([subject.id])
    assert len(sealed) == len(keys) == VALUES
    return [
        ("take a text key", _each(lambda: vault.text_key("customer/1"))),
        ("seal with a subject's key", _each(lambda: sealer.seal("t/1", EVENT, name, "customer/1"))),
        (
            "seal with a key of its own",
            _each(lambda: sealer.seal("t/1", EVENT, text, "customer/1")),
        ),
        ("open", _each(lambda: unseal("ticket/1", own, opening))),
        ("read a key, many at once", _each(lambda: vault.data_keys(ids), 1) / VALUES),
    ]


def _each(work: Callable[[], Any], repeats: int = VALUES) -> float:
    began = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - began) / repeats * 1e6


def _commit(stream: str, version: int, prev: bytes) -> bytes:
    envelope = Envelope(
        command_id=str(uuid.uuid4()),
        command_type="AddNote",
        digest="00" * 32,
        actor={"kind": "agent", "id": "ann"},
        on_behalf_of=None,
        source={"surface": "cli", "id": "benchmark"},
        correlation=DESK,
        cause=None,
        reads={"desk": 1},
        software="deskledger",
    )
    return encode_commit(
        commit_id=str(uuid.uuid4()),
        stream=stream,
        version=version,
        prev=prev,
        recorded_at=datetime.now(UTC),
        envelope=envelope,
        events=[EVENT],
    )


if __name__ == "__main__":
    main()
