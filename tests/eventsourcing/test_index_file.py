"""The index of applications: disposable, and never taken for what it is not."""

import shutil
from pathlib import Path

import pytest

from deskledger.eventlog.errors import ForeignFile, LedgerDamaged
from deskledger.eventlog.eventsourcing.index_file import INDEX
from deskledger.eventlog.store.embedded import EmbeddedLedger
from tests.eventlog.build import DESK, OTHER_DESK, new_ledger
from tests.eventsourcing.desks import applications_stream, stored_event

STREAM = "app/rooms"


def test_an_index_that_had_read_what_the_ledger_lost_is_made_again(tmp_path: Path) -> None:
    here, copy = tmp_path / "here", tmp_path / "copy"
    here.mkdir()
    with new_ledger(here) as ledger:
        stream = applications_stream(ledger, STREAM, here)
        stream.insert([stored_event("kept")])
        stream.close()
    shutil.copytree(here, copy)
    with EmbeddedLedger.open(here) as ledger:
        stream = applications_stream(ledger, STREAM, here)
        stream.insert([stored_event("lost"), stored_event("lost too")])
        assert stream.last_notification_id() == 3, "the index has read it"
        stream.close()
    shutil.copy(here / INDEX.name, copy / INDEX.name)
    with EmbeddedLedger.open(copy) as ledger:
        stream = applications_stream(ledger, STREAM, copy)
        assert [one.originator_id for one in stream.select_notifications(1, None, [], 9)] == [
            "kept"
        ]
        assert stream.insert([stored_event("lost")]) == [2]
        stream.close()


def test_an_index_of_another_desk_or_program_is_not_touched(tmp_path: Path) -> None:
    here, other = tmp_path / "here", tmp_path / "other"
    for directory, desk in ((here, DESK), (other, OTHER_DESK)):
        directory.mkdir()
        with new_ledger(directory, desk) as ledger:
            applications_stream(ledger, STREAM, directory).close()
    shutil.copy(other / INDEX.name, here / INDEX.name)
    with EmbeddedLedger.open(here) as ledger:
        with pytest.raises(ForeignFile, match="another desk"):
            applications_stream(ledger, STREAM, here)
        shutil.copy(other / "ledger.sqlite", here / INDEX.name)
        with pytest.raises(ForeignFile, match="another program"):
            applications_stream(ledger, STREAM, here)


def test_a_damaged_index_is_named_with_what_to_do(tmp_path: Path) -> None:
    with new_ledger(tmp_path) as ledger:
        stream = applications_stream(ledger, STREAM, tmp_path)
        stream.insert([stored_event(f"{number}") for number in range(500)])
        stream.close()
        content = (tmp_path / INDEX.name).read_bytes()
        (tmp_path / INDEX.name).write_bytes(content[:4096] + bytes(len(content) - 4096))
        with pytest.raises(LedgerDamaged, match="made again from the ledger"):
            applications_stream(ledger, STREAM, tmp_path).select_events("1")
        for path in tmp_path.glob(f"{INDEX.name}*"):
            path.unlink()
        stream = applications_stream(ledger, STREAM, tmp_path)
        assert [one.originator_id for one in stream.select_events("7")] == ["7"]
        stream.close()
