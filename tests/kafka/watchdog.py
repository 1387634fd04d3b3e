"""Kills what its starter started, should the starter die: `python watchdog.py`, fed by a pipe.

Each line is `+PID` (watch it) or `-PID` (it has ended). When the pipe ends, however its writer
died, every process still watched is killed, each by a handle that no later process can inherit.
"""

import os
import signal
import sys
from contextlib import suppress

# Whoever interrupts or stops the starter must not take the watchdog along.
os.setsid()
watched: dict[str, int] = {}
for line in sys.stdin:
    sign, pid = line[0], line[1:].strip()
    if sign == "+":
        with suppress(ProcessLookupError):
            watched[pid] = os.pidfd_open(int(pid))
    elif pid in watched:
        os.close(watched.pop(pid))
for handle in watched.values():
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(handle, signal.SIGKILL)
