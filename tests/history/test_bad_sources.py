"""Broken logs: a clear error with the place, and nothing recorded."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deskledger.app.desk import Desk
from deskledger.consumers.history.importer import ImportProgress
from deskledger.consumers.history.source_file import BrokenSource
from deskledger.domain.errors import InvalidInput
from tests.history.broken_files import BROKEN, LATIN, ROWS, TEXT, zipped
from tests.history.build import (
    COLUMNS,
    csv_text,
    imported,
    mapping,
    new_desk,
    row,
    size,
    written,
)
from tests.history.test_xes import XES_MAPPING, event, log, trace


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with new_desk(tmp_path_factory.mktemp("bad") / "desk") as made:
        yield made


@pytest.mark.parametrize(
    ("content", "place", "reason"), BROKEN, ids=[each[0].__name__ for each in BROKEN]
)
def test_a_broken_csv_log_names_the_place_and_changes_nothing(
    desk: Desk, tmp_path: Path, content: Callable[[Path], bytes], place: str, reason: str
) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(content(path))
    before = size(desk)
    with pytest.raises(BrokenSource) as caught:
        imported(desk, path)
    assert isinstance(caught.value, InvalidInput)
    assert str(caught.value).startswith("log.csv")
    assert (caught.value.place or "").startswith(place)
    assert reason in str(caught.value)
    assert size(desk) == before


def test_utf_8_read_as_another_encoding_is_found_out(desk: Desk, tmp_path: Path) -> None:
    path = written(tmp_path, [row("Ç1", "New", "09:00", topic="Drücker")])
    with pytest.raises(BrokenSource, match=r"line 2: the text is UTF-8, the mapping says latin-1"):
        imported(desk, path, LATIN)


def test_another_encoding_is_read_when_the_mapping_states_it(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(csv_text([row("Ç1", "New", "09:00")]).encode("latin-1"))
    with new_desk(tmp_path / "desk") as desk:
        assert imported(desk, path, LATIN).used == 1


@pytest.mark.parametrize("path", ["missing.csv", "."])
def test_a_file_that_cannot_be_opened_is_named(desk: Desk, tmp_path: Path, path: str) -> None:
    with pytest.raises(BrokenSource, match="cannot be read"):
        imported(desk, tmp_path / path)


def test_a_header_without_rows_is_an_empty_log(desk: Desk, tmp_path: Path) -> None:
    assert imported(desk, written(tmp_path, [])).rows == 0


def test_blank_lines_and_a_byte_order_mark_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(b"\xef\xbb\xbf" + csv_text(ROWS[:2]).replace("\n", "\r\n\r\n").encode())
    with new_desk(tmp_path / "desk") as desk:
        assert imported(desk, path).used == 2


def test_a_member_of_an_archive_is_chosen_by_the_mapping(tmp_path: Path) -> None:
    path = tmp_path / "log.zip"
    zipped(path, readme_txt="about", log_csv=csv_text(ROWS[:2]))
    chosen = mapping(('kind = "csv"', 'kind = "csv"\nmember = "*.csv"'))
    with new_desk(tmp_path / "desk") as desk:
        assert imported(desk, path, chosen).used == 2


def test_what_was_recorded_of_a_file_that_breaks_later_stays_and_importing_again_goes_on(
    tmp_path: Path,
) -> None:
    path = tmp_path / "log.csv.gz"
    whole = gzip.compress(TEXT.encode())
    path.write_bytes(whole)

    def spoil(_told: ImportProgress) -> None:
        path.write_bytes(whole[:-200])

    with new_desk(tmp_path / "desk") as desk:
        with pytest.raises(BrokenSource, match="ends too early"):
            imported(desk, path, chunk_rows=500, progress=spoil)
        path.write_bytes(whole)
        report = imported(desk, path)
    assert report.already_imported >= 500
    assert report.already_imported + report.used == len(ROWS)


QUARANTINED = [
    ("bad_time", row("C1", "New", "25:00")),
    ("bad_time", {**row("C1", "New", "09:00"), "at": "2026-02-30 09:00"}),
    ("bad_time", {**row("C1", "New", "09:00"), "at": "soon"}),
    ("bad_time", {**row("C1", "New", "09:00"), "at": "2026-03-29 02:30"}),
    ("bad_time", {**row("C1", "New", "09:00"), "at": "0001-01-01 00:00"}),
    ("bad_time", row("C1", "New", "09:00", opened="yesterday")),
    ("time_missing", {**row("C1", "New", "09:00"), "at": "?"}),
    ("status_unknown", row("C1", "Nw", "09:00")),
    ("case_missing", row("", "New", "09:00")),
    ("case_missing", row("?", "New", "09:00")),
    ("case_invalid", row("C" * 201, "New", "09:00")),
    ("value_invalid", row("C1", "New", "09:00", asker="x" * 1_001)),
    ("value_invalid", row("C1", "New", "09:00", team="x" * 201)),
    ("value_invalid", row("C1", "New", "09:00", topic="x" * 70_000)),
    ("value_invalid", row("C1", "New", "09:00", via="?")),
]


@pytest.mark.parametrize(("reason", "bad"), QUARANTINED)
def test_a_row_that_cannot_be_read_is_set_aside_and_the_import_goes_on(
    tmp_path: Path, reason: str, bad: dict[str, str]
) -> None:
    with new_desk(tmp_path / "desk") as desk:
        report = imported(desk, written(tmp_path, [bad, row("C2", "New", "09:30")]))
    assert report.quarantined == {reason: 1}
    assert report.used == 1
    assert [example.line for example in report.examples[reason]] == [2]


def test_a_row_of_another_width_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(csv_text(ROWS[:2]) + "C9,New\n" + "C9" + ",x" * len(COLUMNS) + "\n")
    with new_desk(tmp_path / "desk") as desk:
        report = imported(desk, path)
    assert report.quarantined == {"wrong_width": 2}
    assert [example.line for example in report.examples["wrong_width"]] == [4, 5]


def test_a_status_that_the_mapping_lacks_comes_with_the_nearest(tmp_path: Path) -> None:
    with new_desk(tmp_path / "desk") as desk:
        report = imported(desk, written(tmp_path, [row("C1", "Nw", "09:00")]))
    assert "nearest: 'New'" in report.examples["status_unknown"][0].detail


WHOLE = log(trace("1", event("Open", "2026-03-02T09:00:00+00:00")))

BROKEN_XES = [
    ("cut", WHOLE[:-30], "line 7", "no whole XML"),
    ("not closed", WHOLE.replace("</trace>", ""), "line 9", "no whole XML"),
    ("empty", "", "line 1", "no whole XML"),
    ("other root", "<html></html>", "line 1", "no XES log"),
    ("no XML", "id,state\n", "line 1", "no whole XML"),
    ("wrong encoding", WHOLE.encode().replace(b"Open", b"\xd6pen"), "line", "no whole XML"),
    (
        "entities",
        WHOLE.replace("<log", '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<log', 1),
        "line",
        "document type",
    ),
    (
        "external",
        WHOLE.replace("<log", '<!DOCTYPE log SYSTEM "http://127.0.0.1:9/x.dtd">\n<log', 1),
        "line",
        "document type",
    ),
]


@pytest.mark.parametrize(
    ("content", "place", "reason"),
    [each[1:] for each in BROKEN_XES],
    ids=[each[0] for each in BROKEN_XES],
)
def test_a_broken_xes_log_names_the_place_and_changes_nothing(
    desk: Desk, tmp_path: Path, content: str | bytes, place: str, reason: str
) -> None:
    path = tmp_path / "log.xes"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = size(desk)
    with pytest.raises(BrokenSource) as caught:
        imported(desk, path, XES_MAPPING)
    assert (caught.value.place or "").startswith(place)
    assert reason in str(caught.value)
    assert size(desk) == before
