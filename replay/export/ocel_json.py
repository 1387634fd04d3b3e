"""Tickets as an object-centric event log: OCEL 2.0 in JSON."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

from deskledger.eventlog.files.whole_file import HashedFile
from deskledger.replay.export.ocel import (
    event_types,
    object_types,
    related,
    told_event,
    told_person,
    told_ticket,
)
from deskledger.replay.export.process_log import Trace


def write_ocel(output: HashedFile, traces: Callable[[], Iterable[Trace]]) -> int:
    """Writes a log of all tickets with their events.

    Args:
        output: an empty file.
        traces: gives what is written, and is asked for it twice: events and objects stand apart.

    Returns:
        How many events there were.

    Raises:
        OSError: the file cannot be written.
    """
    types: set[str] = set()
    met: set[tuple[str, str]] = set()
    output.write(b'{"objectTypes":' + orjson.dumps(object_types()) + b',\n"events":[')
    count = 0
    for trace in traces():
        for step in trace.steps:
            output.write((b",\n" if count else b"\n") + orjson.dumps(told_event(trace, step)))
            types.add(step.event.type)
            met.update((kind, one) for kind, one, _ in related(trace, step))
            count += 1
    output.write(b'],\n"eventTypes":' + orjson.dumps(event_types(types)) + b',\n"objects":[')
    first = True
    for told in _objects(met, traces()):
        output.write((b"\n" if first else b",\n") + orjson.dumps(told))
        first = False
    output.write(b"]}\n")
    return count


def _objects(met: set[tuple[str, str]], traces: Iterable[Trace]) -> Iterator[dict[str, Any]]:
    yield from (told_person(*one) for one in sorted(met) if one[0] != "ticket")
    yield from map(told_ticket, traces)
