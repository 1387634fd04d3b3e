"""Tickets as an event log in XES (IEEE 1849), for process-mining tools."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import quoteattr

import orjson

from deskledger.eventlog.files.whole_file import HashedFile
from deskledger.replay.export.process_log import STANDING, Step, Trace

_EXTENSIONS = (
    ("Concept", "concept"),
    ("Time", "time"),
    ("Lifecycle", "lifecycle"),
    ("Organizational", "org"),
)
# What XML 1.0 cannot hold, however it is written.
_UNTELLABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_xes(output: HashedFile, desk: str, software: str, traces: Iterable[Trace]) -> int:
    """Writes a log: a trace for each ticket, an event for each of its events.

    Args:
        output: an empty file.
        desk: its id.
        software: that writes it.
        traces: what is written; nothing in it is a person's.

    Returns:
        How many events there were.

    Raises:
        OSError: the file cannot be written.
    """
    output.write("".join(_head(desk, software)).encode())
    count = 0
    for trace in traces:
        output.write("".join(_trace(trace)).encode())
        count += len(trace.steps)
    output.write(b"</log>\n")
    return count


def _head(desk: str, software: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">\n'
    for name, prefix in _EXTENSIONS:
        uri = f"http://www.xes-standard.org/{prefix}.xesext"
        yield f'<extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n'
    yield '<global scope="trace"><string key="concept:name" value=""/></global>\n'
    yield '<global scope="event"><string key="concept:name" value=""/>'
    yield '<date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/>'
    yield '<string key="lifecycle:transition" value="complete"/></global>\n'
    yield '<classifier name="Activity" keys="concept:name"/>\n'
    yield '<classifier name="Activity and status" keys="concept:name status"/>\n'
    yield from _attributes({"desk": desk, "software": software, "lifecycle:model": "standard"})
    yield "\n"


def _trace(trace: Trace) -> Iterator[str]:
    case = trace.case
    yield "<trace>"
    named = {"concept:name": str(case.number), "ticket": case.id}
    about = case._asdict()
    names = ("kind", "customer", "channel", "inbox", "direction", "opened_at")
    yield from _attributes({**named, **{name: about[name] for name in names}})
    for step in trace.steps:
        yield "\n<event>"
        yield from _attributes(_event(step))
        yield "</event>"
    yield "</trace>\n"


def _event(step: Step) -> dict[str, Any]:
    event, standing = step
    return {
        "concept:name": event.type,
        "time:timestamp": event.occurred_at,
        "lifecycle:transition": "complete",
        "org:resource": event.acted_id,
        "org:role": event.acted_kind,
        "org:group": standing.get("group"),
        "version": event.version,
        "position": f"{event.lane}:{event.sequence}",
        "recorded_at": event.recorded_at,
        "late": event.late,
        "acting_agent": event.agent,
        "reason": event.reason,
        "resolution": event.resolution,
        **{name: standing.get(name) for name in STANDING},
    }


def _attributes(named: dict[str, Any]) -> Iterator[str]:
    """What is known; XES has no word for what is not."""
    for key, value in named.items():
        if value is not None:
            kind, text = _spelt(value)
            yield f"<{kind} key={quoteattr(key)} value={quoteattr(_tellable(text))}/>"


def _spelt(value: Any) -> tuple[str, str]:
    match value:
        case bool():
            return "boolean", "true" if value else "false"
        case int():
            return "int", str(value)
        case datetime():
            return "date", value.astimezone(UTC).isoformat(timespec="microseconds")
        case str():
            return "string", value
        case _:
            return "string", orjson.dumps(value).decode()


def _tellable(text: str) -> str:
    return _UNTELLABLE.sub("\ufffd", text)
