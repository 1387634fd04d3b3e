"""Files that are no CSV log that can be read, each broken in one way."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.history.build import (
    csv_text,
    mapping,
    row,
)

ROWS = [row(f"C{number}", "New", f"09:{number % 60:02}") for number in range(2_000)]
TEXT = csv_text(ROWS)
LATIN = mapping(('kind = "csv"', 'kind = "csv"\nencoding = "latin-1"'))


def zipped(path: Path, **members: str) -> bytes:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_", "."), text)
    return path.read_bytes()


def gzip_cut(_path: Path) -> bytes:
    return gzip.compress(TEXT.encode())[:-200]


def gzip_damaged(_path: Path) -> bytes:
    packed = bytearray(gzip.compress(TEXT.encode()))
    packed[len(packed) // 2] ^= 0xFF
    return bytes(packed)


def zip_cut(path: Path) -> bytes:
    return zipped(path, log_csv=TEXT)[:-100]


def zip_damaged(path: Path) -> bytes:
    packed = bytearray(zipped(path, log_csv=TEXT))
    packed[len(packed) // 2] ^= 0xFF
    return bytes(packed)


def zip_of_two(path: Path) -> bytes:
    return zipped(path, one_csv=TEXT, two_csv=TEXT)


def zip_of_none(path: Path) -> bytes:
    return zipped(path)


def latin_text(_path: Path) -> bytes:
    return csv_text([*ROWS[:3], row("Ç1", "New", "09:00")]).encode("latin-1")


def wide_text(_path: Path) -> bytes:
    return TEXT.encode("utf-16")


def binary(_path: Path) -> bytes:
    return bytes(range(256)) * 20


def nul_bytes(_path: Path) -> bytes:
    return TEXT.replace("C7", "C\0", 1).encode()


def empty(_path: Path) -> bytes:
    return b""


def missing_columns(_path: Path) -> bytes:
    return TEXT.replace("state", "status", 1).replace("team", "squad", 1).encode()


def header_twice(_path: Path) -> bytes:
    return TEXT.replace("topic", "team", 1).encode()


def quote_left_open(_path: Path) -> bytes:
    return (TEXT + '"C1,New\n').encode()


def endless_line(_path: Path) -> bytes:
    return TEXT.encode() + b"x" * (1 << 21)


BROKEN: list[tuple[Callable[[Path], bytes], str, str]] = [
    (gzip_cut, "after line", "ends too early"),
    (gzip_damaged, "after line", "CRC"),
    (zip_cut, "", "not a zip file"),
    (zip_damaged, "after line", "CRC"),
    (zip_of_two, "", "one.csv, two.csv"),
    (zip_of_none, "", "nothing"),
    (latin_text, "line 5", "not utf-8"),
    (wide_text, "line 1", "UTF-16"),
    (binary, "line 1", ""),
    (nul_bytes, "line 9", "NUL"),
    (empty, "line 1", "empty"),
    (missing_columns, "line 1", "'state' (nearest: 'status')"),
    (header_twice, "line 1", "more than once: team"),
    (quote_left_open, "line 2002", "no CSV"),
    (endless_line, "line 2002", "longer than 1 MiB"),
]
