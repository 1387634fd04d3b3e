"""XES logs: the reader, trace by trace.

The file is parsed as a stream; one trace is held at a time. Nothing outside the file is ever
fetched, and a document type declaration is refused, so no entity can expand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from deskledger.consumers.history.mapping import Mapping
from deskledger.consumers.history.memo import Memo
from deskledger.consumers.history.rows import SourceRow, pair, row_hash
from deskledger.consumers.history.source_file import BrokenSource, SourceFile

CASE_PREFIX = "case:"
TRACE_BYTES_MAX = 64 << 20
_NAMESPACE_ENDS = " "
_TRACE_DEPTH = 2
_CHILD_DEPTH = 3


def xes_rows(
    source: SourceFile, mapping: Mapping, columns: Sequence[str], seen: set[str]
) -> Iterator[SourceRow]:
    """Read the events in the file's order.

    A column is an event's attribute by its key; ``case:`` and a key is a trace's. An attribute
    inside an attribute is named by both keys with a ``/`` between them. ``seen`` gets the names of
    all columns.

    Raises:
        BrokenSource: the file is no XML, ends too early, is no XES log or declares a document type.
    """
    hindsight = set(mapping.row.hindsight)
    missing = {"", *mapping.source.missing}
    case = mapping.row.case
    for trace in _traces(source):
        about_case = {CASE_PREFIX + key: text for key, text in trace.attributes.items()}
        for line, event in trace.events:
            said = [
                pair(key, text)
                for key, text in sorted(event.items())
                if text not in missing and key not in hindsight
            ]
            every = about_case | event
            seen.update(every)
            values = tuple([every.get(name, "") for name in columns])
            yield SourceRow(line, every.get(case, ""), row_hash(said), values)


def check_xes(source: SourceFile) -> None:
    """Parse the file to its end.

    Raises:
        BrokenSource: as ``xes_rows`` does.
    """
    parser = _parser(source)

    def root(name: str, _attributes: dict[str, str]) -> None:
        parser.StartElementHandler = None
        _refuse_other_root(source, name)

    parser.StartElementHandler = root
    for _size in _parse(source, parser):
        pass


@dataclass(slots=True)
class _Trace:
    """A case of the log: its attributes, and its events with the lines on which they begin."""

    attributes: dict[str, str] = field(default_factory=dict)
    events: list[tuple[int, dict[str, str]]] = field(default_factory=list)


def _traces(source: SourceFile) -> Iterator[_Trace]:
    parser = _parser(source)
    log = _Log(source, parser)
    parser.StartElementHandler = log.start
    parser.EndElementHandler = log.end
    held = 0
    for size in _parse(source, parser):
        held = 0 if log.complete else held + size
        yield from log.complete
        log.complete.clear()
        if held > TRACE_BYTES_MAX:
            place = f"line {parser.CurrentLineNumber}"
            reason = "a trace is longer than 64 MiB; split the log"
            raise BrokenSource(file=source.name, place=place, reason=reason)


class _Log:
    """Collects what the parser finds; ``complete`` holds the traces that have ended."""

    def __init__(self, source: SourceFile, parser: expat.XMLParserType) -> None:
        self.complete: list[_Trace] = []
        self._source = source
        self._parser = parser
        self._local = Memo(_local_name)
        self._depth = 0
        self._trace: _Trace | None = None
        # Where the attributes go that are being read, the depth at which they stand, and the
        # keys of those around the present one.
        self._into: dict[str, str] | None = None
        self._attribute_depth = 0
        self._keys: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        depth = self._depth = self._depth + 1
        if self._into is not None:
            self._attribute(self._into, depth - self._attribute_depth, attributes)
        elif self._trace is not None:
            self._child(self._trace, self._local[name], attributes)
        elif depth == _TRACE_DEPTH and self._local[name] == "trace":
            self._trace = _Trace()
        elif depth == 1:
            _refuse_other_root(self._source, name)

    def end(self, _name: str) -> None:
        """An element ends."""
        depth = self._depth
        self._depth = depth - 1
        if depth == _CHILD_DEPTH:
            self._into = None
        elif depth == _TRACE_DEPTH and self._trace is not None:
            self.complete.append(self._trace)
            self._trace = None

    def _child(self, trace: _Trace, element: str, attributes: dict[str, str]) -> None:
        """An event, or an attribute of the trace itself."""
        if element == "event":
            self._into = {}
            self._attribute_depth = _CHILD_DEPTH + 1
            trace.events.append((self._parser.CurrentLineNumber, self._into))
        else:
            self._into = trace.attributes
            self._attribute_depth = _CHILD_DEPTH
            self._attribute(self._into, 0, attributes)

    def _attribute(self, into: dict[str, str], level: int, attributes: dict[str, str]) -> None:
        """An attribute, or one inside another; the ``values`` of a list have no key."""
        keys = self._keys
        keys[level:] = [attributes.get("key", "")]
        value = attributes.get("value")
        if value is not None:
            into["/".join(filter(None, keys)) if level else keys[0]] = value


def _parser(source: SourceFile) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=_NAMESPACE_ENDS)

    def refuse(*_declaration: object) -> None:
        reason = "a document type declaration is not allowed in a log; remove it"
        place = f"line {parser.CurrentLineNumber}"
        raise BrokenSource(file=source.name, place=place, reason=reason)

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _parse(source: SourceFile, parser: expat.XMLParserType) -> Iterator[int]:
    """Hand the file to the parser, piece by piece; give the size of each."""
    try:
        for chunk in source.chunks():
            parser.Parse(chunk)
            yield len(chunk)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        place = f"line {error.lineno}, column {error.offset + 1}"
        reason = f"this is no whole XML document ({expat.ErrorString(error.code)})"
        raise BrokenSource(file=source.name, place=place, reason=reason) from error
    yield 0


def _local_name(name: str) -> str:
    return name.rpartition(_NAMESPACE_ENDS)[2]


def _refuse_other_root(source: SourceFile, name: str) -> None:
    if _local_name(name) != "log":
        reason = f"this is no XES log; its outermost element is <{_local_name(name)}>, not <log>"
        raise BrokenSource(file=source.name, place="line 1", reason=reason)
