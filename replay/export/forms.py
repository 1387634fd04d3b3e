"""The forms that an exported lane may have, and what is the same in all of them."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from deskledger.domain.errors import DeskError
from deskledger.eventlog.errors import ForeignFile, NewerVersion
from deskledger.eventlog.files.whole_file import HashedFile
from deskledger.eventlog.strict_json import Malformed
from deskledger.replay.export.lane_lines import (
    LINE_BYTES_MAX,
    LaneHeader,
    LaneLine,
    header_line,
    read_header,
    read_record,
    record_line,
)

LINES_PER_STEP = 1_000
HEADER_BYTES_MAX = 4_096

Step = Sequence[LaneLine | Malformed]
"""Some records of a file in their order; what cannot be read stands for itself."""


class Form(StrEnum):
    """How the records of a lane are laid out in a file; also the end of its name."""

    JSONL = "jsonl"
    PARQUET = "parquet"


def form_of(path: Path) -> Form:
    """The form that a file's name says it has; lines where it says nothing."""
    return Form.PARQUET if path.suffix == f".{Form.PARQUET}" else Form.JSONL


def header_of(path: Path) -> LaneHeader:
    """What an exported lane says of itself.

    Raises:
        ForeignFile, NewerVersion: it is no exported lane that this software reads.
        OSError: it cannot be read.
    """
    try:
        if form_of(path) is Form.PARQUET:
            # Arrow takes longer to load than most commands do.
            from deskledger.replay.export.lane_parquet import stated_header  # noqa: PLC0415

            return read_header(stated_header(path))
        with path.open("rb") as file:
            return read_header(file.readline(HEADER_BYTES_MAX))
    except (ForeignFile, NewerVersion) as error:
        raise _named(error, path) from error


def lane_steps(path: Path) -> Iterator[Step]:
    """The records of an exported lane, some at a time, up to the first that cannot be read.

    Raises:
        OSError: the file cannot be read.
    """
    if form_of(path) is Form.PARQUET:
        from deskledger.replay.export.lane_parquet import parquet_steps  # noqa: PLC0415 - as above

        return parquet_steps(path)
    return _line_steps(path)


def write_lane(
    output: HashedFile, form: Form, header: LaneHeader, steps: Iterable[Sequence[LaneLine]]
) -> None:
    """Writes a whole lane to a file that is open for it.

    Raises:
        OSError: it cannot be written.
    """
    if form is Form.PARQUET:
        from deskledger.replay.export.lane_parquet import write_parquet  # noqa: PLC0415 - as above

        write_parquet(output, header, steps)
        return
    output.write(header_line(header))
    for step in steps:
        output.writelines(map(record_line, step))


def _line_steps(path: Path) -> Iterator[Step]:
    """The lines behind the first, none longer than a record can be."""
    with path.open("rb") as file:
        file.readline(LINE_BYTES_MAX)
        while step := [
            _record(line)
            for _ in range(LINES_PER_STEP)
            if (line := file.readline(LINE_BYTES_MAX + 1))
        ]:
            yield step


def _record(line: bytes) -> LaneLine | Malformed:
    try:
        return read_record(line)
    except Malformed as problem:
        return problem


def _named(error: DeskError, path: Path) -> DeskError:
    return type(error)(f"{path}: {error}", **error.facts, file=str(path))
