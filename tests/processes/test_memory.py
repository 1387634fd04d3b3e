"""A process of many threads shares few arenas, and gives back what it no longer uses."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE_SECONDS

CHILD = """
import ctypes, sys, threading
import pyarrow as pa
from deskledger.app.node.memory import keep_memory_small

keep_memory_small()
together = threading.Barrier(16)

def allocate():
    held = [bytes(5_000) for _ in range(10)]
    together.wait()

threads = [threading.Thread(target=allocate) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
print(pa.default_memory_pool().backend_name)
"""


def test_sixteen_threads_share_two_arenas_and_arrow_uses_them_too(tmp_path: Path) -> None:
    told = tmp_path / "malloc.xml"
    command = [sys.executable, "-c", CHILD, str(told)]
    child = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603
    assert child.stdout == "system\n"
    assert told.read_text(encoding="utf-8").count("<heap nr=") == 2


RESIDENT = """
import resource, sys, threading, time
from deskledger.app.node.memory import give_back_memory

def resident():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()
"""
# One in fifty stays, so that no arena has a free end.
SPARSE = """
blocks = [bytes([1]) * 2_000 for _ in range(50_000)]
full, kept = resident(), blocks[::50]
del blocks
"""
DROPPED = """
import duckdb
from deskledger.app.node.memory import keep_memory_small

keep_memory_small()
connection = duckdb.connect(config={"threads": "1"})
connection.execute("CREATE TABLE many AS SELECT hash(range) AS value FROM range(20_000_000)")
full = resident()
connection.execute("DROP TABLE many")
"""
GIVEN_BACK = """
stop = threading.Event()
thread = threading.Thread(target=give_back_memory, args=(stop,))
thread.start()
deadline_at = time.monotonic() + float(sys.argv[1])
while full - resident() < 50_000_000 and time.monotonic() < deadline_at:
    time.sleep(0.05)
stop.set()
thread.join()
assert full - resident() >= 50_000_000, (full, resident())
"""


@pytest.mark.parametrize("used", [SPARSE, DROPPED], ids=["between", "of duckdb"])
def test_what_is_free_is_given_back(used: str) -> None:
    command = [sys.executable, "-c", RESIDENT + used + GIVEN_BACK, str(PATIENCE_SECONDS)]
    child = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603
    assert child.returncode == 0, child.stderr
