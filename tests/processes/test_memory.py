"""A process of many threads shares few arenas, and gives back what Arrow has used."""

import subprocess
import sys
from pathlib import Path

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
