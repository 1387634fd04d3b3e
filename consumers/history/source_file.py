"""A log's file as plain bytes, whatever it is packed in: as it is, gzip or zip.

The file is read as a stream and never unpacked to disk. Everything that can be wrong with the
file itself becomes a ``BrokenSource`` that names the file and the place.
"""

from __future__ import annotations

import fnmatch
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from deskledger.domain.errors import InvalidInput

LINE_BYTES_MAX = 1 << 20
CHUNK_BYTES = 1 << 16
_LINE_ENDS = LINE_BYTES_MAX + 1
_GZIP_MAGIC = b"\x1f\x8b"
_ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")


class BrokenSource(InvalidInput):
    """The log cannot be read; get a whole copy of it, or correct the mapping.

    Attributes:
        file: the file's name.
        place: where in it, such as ``line 12``; null for the file as a whole.
        reason: what is wrong there and what to do.
    """

    def __init__(self, *, file: str, place: str | None, reason: str) -> None:
        where = f"{file}, {place}" if place else file
        super().__init__(f"{where}: {reason}", file=file, place=place)
        self.file = file
        self.place = place
        self.reason = reason


@dataclass
class SourceFile:
    """An open log.

    Attributes:
        name: the file's name, with the member's behind it if it is a zip archive.
    """

    name: str
    _stream: io.BufferedReader
    _packed: io.BufferedReader
    _packed_size: int

    def lines(self) -> Iterator[bytes]:
        """Give the lines with their line ends.

        Raises:
            BrokenSource: the packed data is damaged or ends too early, or a line is longer than
                1 MiB.
        """
        number = 0
        with _named(self.name, lambda: f"after line {number}"):
            for number, line in enumerate(iter(partial(self._stream.readline, _LINE_ENDS), b""), 1):
                if len(line) > LINE_BYTES_MAX:
                    reason = "the line is longer than 1 MiB; this is no log in lines"
                    raise BrokenSource(file=self.name, place=f"line {number}", reason=reason)
                yield line

    def chunks(self) -> Iterator[bytes]:
        """Give the bytes in pieces of 64 KiB.

        Raises:
            BrokenSource: the packed data is damaged or ends too early.
        """
        offset = 0
        with _named(self.name, lambda: f"after byte {offset}"):
            for chunk in iter(partial(self._stream.read, CHUNK_BYTES), b""):
                offset += len(chunk)
                yield chunk

    def fraction(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        return min(1.0, self._packed.tell() / self._packed_size) if self._packed_size else 1.0


@contextmanager
def open_source(path: Path, member: str | None = None) -> Iterator[SourceFile]:
    """Open a log; gzip and zip are recognised by their first bytes, not by the name.

    Args:
        path: the file.
        member: pattern (``*.csv``) of the one member to read of a zip archive; not needed when
            the archive holds one file only.

    Raises:
        BrokenSource: there is no such file, or it cannot be opened as what it is packed in.
    """
    with ExitStack() as opened:
        with _named(path.name or str(path)):
            source = _open(path, member, opened)
        yield source


def _open(path: Path, member: str | None, opened: ExitStack) -> SourceFile:
    packed = opened.enter_context(path.open("rb"))
    magic = packed.read(4)
    size = packed.seek(0, 2)
    packed.seek(0)
    if magic.startswith(_GZIP_MAGIC):
        unzipped = opened.enter_context(gzip.GzipFile(fileobj=packed))
        return SourceFile(path.name, _buffered(unzipped), packed, size)
    if magic in _ZIP_MAGICS:
        archive = opened.enter_context(zipfile.ZipFile(packed))
        chosen = _member(path.name, archive, member)
        extracted = opened.enter_context(archive.open(chosen))
        return SourceFile(f"{path.name}/{chosen}", _buffered(extracted), packed, size)
    return SourceFile(path.name, packed, packed, size)


def _buffered(unpacked: Any) -> io.BufferedReader:
    """The packers' own ``readline`` is written in Python; this one is not."""
    return io.BufferedReader(unpacked, CHUNK_BYTES)


def _member(file: str, archive: zipfile.ZipFile, pattern: str | None) -> str:
    names = [name for name in archive.namelist() if not name.endswith("/")]
    fitting = [name for name in names if fnmatch.fnmatchcase(name, pattern or "*")]
    if len(fitting) == 1:
        return fitting[0]
    found = ", ".join(names[:10]) or "nothing"
    reason = (
        f"{len(fitting)} members fit {pattern or '*'!r}, one is needed (the archive holds {found});"
        " state it as source.member in the mapping"
    )
    raise BrokenSource(file=file, place=None, reason=reason)


@contextmanager
def _named(file: str, place: Callable[[], str | None] = lambda: None) -> Iterator[None]:
    """Give what the packers and the system raise a place and a reason."""
    try:
        yield
    except EOFError:
        reason = "the packed data ends too early; get a whole copy of the file"
        raise BrokenSource(file=file, place=place(), reason=reason) from None
    except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        reason = f"the packed data is damaged ({error}); get a whole copy of the file"
        raise BrokenSource(file=file, place=place(), reason=reason) from error
    except OSError as error:
        reason = f"the file cannot be read: {error.strerror or error}"
        raise BrokenSource(file=file, place=place(), reason=reason) from error
    except RuntimeError as error:
        # Python's zip reader says with a bare RuntimeError that a member is encrypted.
        reason = f"the archive cannot be read: {error}"
        raise BrokenSource(file=file, place=place(), reason=reason) from error
