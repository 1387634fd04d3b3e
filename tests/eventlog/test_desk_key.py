"""The desk key's file: for its owner only, never replaced, and clear when it is not right."""

import stat
from pathlib import Path

import pytest

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import Unavailable, WrongDeskKey
from deskledger.eventlog.vault.desk_key import encode_desk_key, make_desk_key, read_desk_key


def test_the_key_is_read_as_it_was_made(tmp_path: Path) -> None:
    key = make_desk_key(tmp_path)
    assert len(key) == 32
    assert read_desk_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "desk.key").stat().st_mode) == 0o600


def test_a_setting_stands_in_for_the_file(tmp_path: Path) -> None:
    key = bytes(range(224, 256))
    for text in (encode_desk_key(key), f" {encode_desk_key(key)}=\n"):
        assert read_desk_key(tmp_path, text) == key


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    key = make_desk_key(tmp_path)
    with pytest.raises(InvalidInput, match=r"desk\.key"):
        make_desk_key(tmp_path)
    assert read_desk_key(tmp_path) == key


def test_a_missing_key_names_the_file_and_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(WrongDeskKey, match=r"desk\.key is missing; restore it"):
        read_desk_key(tmp_path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777])
def test_a_key_that_others_may_read_is_refused_with_the_way_out(tmp_path: Path, mode: int) -> None:
    make_desk_key(tmp_path)
    (tmp_path / "desk.key").chmod(mode)
    with pytest.raises(WrongDeskKey, match="chmod 600"):
        read_desk_key(tmp_path)


@pytest.mark.parametrize("text", ["", "short", "?" * 43, "A" * 44, "A" * 42, "schlüssel", "A" * 86])
def test_what_is_no_key_is_refused_without_being_shown(tmp_path: Path, text: str) -> None:
    path = tmp_path / "desk.key"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    for setting in (None, text):
        with pytest.raises(WrongDeskKey, match="key") as caught:
            read_desk_key(tmp_path, setting)
        assert not text or text not in str(caught.value)


def test_a_directory_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="absent"):
        make_desk_key(tmp_path / "absent")
