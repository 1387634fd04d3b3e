"""What tests run in processes of their own: `python -m tests.eventlog.child TASK ARGUMENT…`."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from contextlib import closing
from pathlib import Path
from traceback import walk_stack
from types import CodeType

from deskledger.eventlog.commit import commit_hash, read_commit
from deskledger.eventlog.errors import Unavailable
from deskledger.eventlog.files.database import connect
from deskledger.eventlog.files.file_making import ensure_file
from deskledger.eventlog.records import LEDGER
from deskledger.eventlog.store.embedded import EmbeddedLedger
from deskledger.eventlog.vault.vault import Vault
from tests.eventlog.build import DESK, Chain, ticket
from tests.patience import PATIENCE_SECONDS, wait_until

ROOT = Path(__file__).parents[2]


def start(task: str, *arguments: object) -> subprocess.Popen[str]:
    """A process that runs a task of this file; what it prints is read from its `stdout`."""
    command = [sys.executable, "-m", "tests.eventlog.child", task, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603


def read_chain(ledger: EmbeddedLedger, stream: str) -> Chain:
    """The stream's chain as the ledger has it."""
    chain = Chain(stream)
    history = ledger.history(stream)
    if history:
        last = read_commit(history[-1].value)
        chain.version = last.version + len(last.events) - 1
        chain.hash = commit_hash(history[-1].value)
    return chain


def hammer(directory: str, streams: str, threads: str, commands: str) -> None:
    """Appends to the same few streams from several threads; prints each acknowledged command."""
    with EmbeddedLedger.open(Path(directory), deadline_seconds=PATIENCE_SECONDS) as ledger:

        def work() -> None:
            for number in range(int(commands)):
                stream, command = ticket(number % int(streams)), str(uuid.uuid4())
                while True:
                    draft = read_chain(ledger, stream).next(command)
                    (receipt,) = ledger.append([draft])
                    if receipt.effective:
                        break
                # One write per line, so that a killed process leaves no half of one.
                sys.stdout.write(f"{stream} {command} {receipt.version}\n")
                sys.stdout.flush()

        workers = [threading.Thread(target=work) for _ in range(int(threads))]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()


def seal(directory: str, key: str) -> None:
    """Takes text keys for ever; prints the id of each before the next."""
    with Vault.open(Path(directory), DESK, bytes.fromhex(key)) as vault:
        while True:
            sys.stdout.write(f"{vault.text_key(ticket(1)).id.hex()}\n")
            sys.stdout.flush()


def create(directory: str) -> None:
    """Makes one desk after the other; prints each directory before."""
    for number in range(10_000):
        desk = Path(directory) / str(number)
        desk.mkdir()
        sys.stdout.write(f"{desk}\n")
        sys.stdout.flush()
        EmbeddedLedger.create(desk, desk=DESK)
        Vault.create(desk, DESK, bytes(32))


def create_and_die(directory: str) -> None:
    """Makes the files of a desk and dies before they are closed for good."""
    others = [sqlite3.connect(Path(directory) / name) for name in ("ledger.sqlite", "vault.sqlite")]
    for other in others:
        # While somebody has the file open, closing it does not move the WAL's pages into it.
        other.execute("PRAGMA journal_mode = WAL").fetchone()
        other.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    EmbeddedLedger.create(Path(directory), desk=DESK)
    Vault.create(Path(directory), DESK, bytes(32))
    os._exit(0)


def make_files(directory: str, count: str, begin_at: str) -> None:
    """Makes a file in each of some directories, one every few milliseconds by the wall clock.

    So processes that began together want the same file at the same moment, or nearly. Prints how
    many of them were whole when they were to be used.
    """
    whole = 0
    for number in range(int(count)):
        desk = Path(directory) / str(number)
        desk.mkdir(exist_ok=True)
        while time.time() < float(begin_at) + number / 100:
            pass
        ensure_file(desk, LEDGER, DESK, lambda _connection: None)
        with closing(connect(desk / LEDGER.name, LEDGER, deadline_seconds=5)) as connection:
            (row,) = connection.execute("SELECT value FROM meta WHERE name = 'desk'")
        whole += row == (DESK,)
    sys.stdout.write(f"{whole}\n")


def fill(directory: str, bytes_max: str, checkpoint_pages: str) -> None:
    """Appends with limited files until that fails, then again without the limit.

    Prints the commands that were stored, `full` when the limit was met, and `more` commands
    stored after it was lifted.
    """
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    ledger = EmbeddedLedger.open(Path(directory), deadline_seconds=1)
    ledger._writer.execute(f"PRAGMA wal_autocheckpoint = {int(checkpoint_pages)}")  # noqa: SLF001
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(bytes_max), resource.RLIM_INFINITY))
    chain = read_chain(ledger, ticket(0))
    stored, full = 0, 0
    while full < 3:
        try:
            (receipt,) = ledger.append([chain.next()])
            assert receipt.effective
            stored += 1
        except Unavailable:
            chain, full = read_chain(ledger, ticket(0)), full + 1
    sys.stdout.write(f"{stored} stored\nfull\n")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    for _ in range(3):
        assert ledger.append([chain.next()])[0].effective
    sys.stdout.write("3 more\n")
    ledger.close()


def interrupt(directory: str, waits: str) -> None:
    """Interrupts the main thread, as Ctrl-C does, while it leads or waits for its leader.

    Prints what became of the commands of both threads once the file is free again.
    """
    ledger = EmbeddedLedger.open(Path(directory), deadline_seconds=PATIENCE_SECONDS)
    ledger.append([Chain(ticket(9)).next()])
    other = sqlite3.connect(Path(directory) / "ledger.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    first = threading.Thread(target=ledger.append, args=([Chain(ticket(1)).next()],))
    if waits == "yes":
        first.start()
        time.sleep(0.2)
    main = threading.get_ident()
    threading.Thread(target=_interrupt_inside, args=(main, ledger.append.__code__)).start()
    try:
        ledger.append([Chain(ticket(0)).next()])
    except KeyboardInterrupt:
        other.execute("COMMIT")
    if waits == "no":
        first.start()
    first.join()
    stored = [len(ledger.history(ticket(number))) for number in (0, 1)]
    again = ledger.append([Chain(ticket(2)).next()])[0].effective
    ledger.close()
    sys.stdout.write(f"{stored} {again}\n")


def _interrupt_inside(thread: int, code: CodeType) -> None:
    """Interrupts a thread a moment after it has entered a function."""

    def is_inside() -> bool:
        frames = walk_stack(sys._current_frames()[thread])  # noqa: SLF001 - nothing else tells
        return any(frame.f_code is code for frame, _ in frames)

    wait_until(is_inside)
    time.sleep(0.2)
    signal.pthread_kill(thread, signal.SIGINT)


def count_markers(directory: str, marker: str) -> None:
    """Prints how often a text stands in the bytes of the desk's files, WAL included."""
    files = [path for path in Path(directory).iterdir() if path.is_file()]
    found = sum(path.read_bytes().count(bytes.fromhex(marker)) for path in files)
    sys.stdout.write(f"{found} in {len(files)} files\n")


TASKS = {
    task.__name__: task
    for task in (hammer, seal, create, create_and_die, make_files, fill, interrupt, count_markers)
}

if __name__ == "__main__":
    TASKS[sys.argv[1]](*sys.argv[2:])
