"""What tests run in processes of their own: `python -m tests.eventsourcing.child ARGUMENT…`."""

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import uuid4

from eventsourcing.persistence import (
    IntegrityError,
    OperationalError,
    ProcessRecorder,
    StoredEvent,
    Tracking,
)
from eventsourcing.utils import Environment

from deskledger.eventlog.eventsourcing import LedgerFactory
from tests.eventsourcing.desks import PATIENT

ROOT = Path(__file__).parents[2]
UPSTREAM = "upstream"


def start(desk: str, originators: int, threads: int, inserts: int) -> "subprocess.Popen[str]":
    """A process whose threads insert into the application `hammered`, and print what they did."""
    stated = [desk, *map(str, (originators, threads, inserts))]
    command = [sys.executable, "-m", "tests.eventsourcing.child", *stated]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603


def hammer(recorder: ProcessRecorder, originators: int, inserts: int) -> None:
    """Inserts next versions of a few originators, together with the next tracking.

    Prints `originator version token notification tracked` for each acknowledged one.
    """
    chance = random.Random()  # noqa: S311 - which one comes next
    done = 0
    while done < inserts:
        originator = f"o{chance.randrange(originators)}"
        token = uuid4().hex
        try:
            last = recorder.select_events(originator, desc=True, limit=1)
            version = last[0].originator_version + 1 if last else 1
            tracked = (recorder.max_tracking_id(UPSTREAM) or 0) + 1
            event = StoredEvent(originator, version, "topic", token.encode())
            ids = recorder.insert_events([event], tracking=Tracking(UPSTREAM, tracked))
        except IntegrityError:
            continue
        except OperationalError:
            # The brokers are away for a while.
            time.sleep(0.05)
            continue
        assert ids is not None
        # One write, so that the lines of threads stay whole.
        os.write(1, f"{originator} {version} {token} {ids[0]} {tracked}\n".encode())
        done += 1


def main(desk: str, originators: str, threads: str, inserts: str) -> None:
    factory = LedgerFactory(Environment("Hammered", {"DESKLEDGER_DESK": desk, **PATIENT}))
    recorder = factory.process_recorder()
    working = [
        threading.Thread(target=hammer, args=(recorder, int(originators), int(inserts)))
        for _ in range(int(threads))
    ]
    for thread in working:
        thread.start()
    for thread in working:
        thread.join()
    factory.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
