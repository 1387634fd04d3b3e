"""CSV logs whose rows are whole records: the reader, row by row."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from operator import itemgetter

from deskledger.consumers.history.mapping import Mapping
from deskledger.consumers.history.rows import (
    Row,
    SourceRow,
    UnreadableRow,
    pair,
    picker,
    row_hash,
)
from deskledger.consumers.history.source_file import BrokenSource, SourceFile

_BYTE_ORDER_MARK = "\ufeff"
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def csv_rows(
    source: SourceFile, mapping: Mapping, columns: Sequence[str], seen: set[str]
) -> Iterator[Row]:
    """Read the rows; blank lines are no rows.

    Args:
        source: the open file.
        mapping: how it is read.
        columns: the columns whose texts each row gives, in this order.
        seen: gets the names of all columns.

    Raises:
        BrokenSource: the file is empty, not text in the stated encoding, not CSV, or its header
            lacks a column, names one twice or is no header.
    """
    records = _records(source, mapping)
    header = _header(source, records, columns)
    seen.update(header)
    width = len(header)
    case_of = itemgetter(header.index(mapping.row.case))
    values_of = picker([header.index(name) for name in columns])
    hash_of = _row_hasher(header, mapping)
    for line, record in records:
        if len(record) == width:
            yield SourceRow(line, case_of(record), hash_of(record), values_of(record))
        elif record:
            detail = f"{len(record)} fields where the header has {width}"
            yield UnreadableRow(line, "wrong_width", detail)


def check_csv(source: SourceFile, mapping: Mapping, columns: Sequence[str]) -> None:
    """Read the file to its end.

    Raises:
        BrokenSource: as ``csv_rows`` does, or the text is UTF-8 where the mapping says otherwise.
    """
    doubt = _Doubt(source, mapping.source.encoding)
    records = _records(source, mapping, doubt)
    _header(source, records, columns)
    for _record in records:
        pass
    doubt.settle()


class _Doubt:
    """Finds text that is UTF-8 although the mapping says that it is not.

    Most other encodings read UTF-8 without complaint and give wrong characters. The reverse is
    all but impossible: text of theirs that reads as UTF-8 throughout.
    """

    def __init__(self, source: SourceFile, encoding: str) -> None:
        self._source = source
        self._encoding = encoding
        self._open = codecs.lookup(encoding).name not in {"utf-8", "utf-8-sig"}
        self._line: int | None = None

    def see(self, number: int, raw: bytes) -> None:
        """Look at a line as it stands in the file."""
        if not self._open or raw.isascii():
            return
        self._line = self._line or number
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            self._open = False

    def settle(self) -> None:
        """Raise a ``BrokenSource`` if all that was not ASCII was UTF-8."""
        if self._open and self._line is not None:
            reason = f"the text is UTF-8, the mapping says {self._encoding}; correct the mapping"
            place = f"line {self._line}"
            raise BrokenSource(file=self._source.name, place=place, reason=reason)


def _records(
    source: SourceFile, mapping: Mapping, doubt: _Doubt | None = None
) -> Iterator[tuple[int, list[str]]]:
    """The records with the number of the line on which each begins."""
    rules = mapping.source
    reader = csv.reader(
        _text_lines(source, rules.encoding, doubt),
        delimiter=rules.delimiter,
        quotechar=rules.quote,
        strict=True,
    )
    line = 1
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = f"this is no CSV as the mapping describes it ({error})"
            place = f"line {line}"
            raise BrokenSource(file=source.name, place=place, reason=reason) from error
        yield line, record
        line = reader.line_num + 1


def _text_lines(source: SourceFile, encoding: str, doubt: _Doubt | None) -> Iterator[str]:
    for number, raw in enumerate(source.lines(), 1):
        if doubt is not None:
            doubt.see(number, raw)
        try:
            line = raw.decode(encoding)
        except UnicodeDecodeError as error:
            marked = number == 1 and raw.startswith(_WIDE_MARKS)
            found = "it begins like UTF-16 or UTF-32" if marked else str(error)
            reason = f"the text is not {encoding} ({found}); state its encoding in the mapping"
            place = f"line {number}"
            raise BrokenSource(file=source.name, place=place, reason=reason) from None
        if "\0" in line:
            reason = "there is a NUL byte, so this is no text file"
            raise BrokenSource(file=source.name, place=f"line {number}", reason=reason)
        yield line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line


def _header(
    source: SourceFile, records: Iterator[tuple[int, list[str]]], columns: Sequence[str]
) -> list[str]:
    _line, header = next(records, (1, []))
    if not header:
        reason = "the file is empty; a header line with the columns' names is expected"
        raise BrokenSource(file=source.name, place="line 1", reason=reason)
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        reason = f"the header names these columns more than once: {', '.join(twice)}"
        raise BrokenSource(file=source.name, place="line 1", reason=reason)
    missing = [name for name in columns if name not in header]
    if missing:
        told = ", ".join(_missing(name, header) for name in missing)
        reason = f"the header lacks columns that the mapping reads: {told}"
        raise BrokenSource(file=source.name, place="line 1", reason=reason)
    return header


def _missing(name: str, header: Sequence[str]) -> str:
    near = get_close_matches(name, header, n=1)
    return f"{name!r} (nearest: {near[0]!r})" if near else repr(name)


def _row_hasher(header: Sequence[str], mapping: Mapping) -> Callable[[Sequence[str]], bytes]:
    hindsight = set(mapping.row.hindsight)
    places = sorted((name, place) for place, name in enumerate(header) if name not in hindsight)
    names = [pair(name) for name, _place in places]
    values_of = picker([place for _name, place in places])
    missing = {"", *mapping.source.missing}

    def hash_of(record: Sequence[str]) -> bytes:
        values = values_of(record)
        return row_hash(
            [
                name + value
                for name, value in zip(names, values, strict=True)
                if value not in missing
            ]
        )

    return hash_of
