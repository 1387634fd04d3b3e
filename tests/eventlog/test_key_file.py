"""A file of keys opens with what it was sealed under, and whole, or not at all."""

import io
from itertools import islice
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.eventlog.errors import ForeignFile, LedgerDamaged, NewerVersion, WrongDeskKey
from deskledger.eventlog.vault import key_file
from deskledger.eventlog.vault.key_file import KeyRow, Keys, Lock, read_keys, write_keys
from tests.eventlog.build import DESK

KEY, OTHER = bytes(range(32)), bytes(32)
SECRETS = {"command": b"c" * 32, "identity": b"i" * 32, "message": b"m" * 32}
LOCK = Lock(desk_key=KEY)
PLACE = Path("keys")
LONG, OTHER_LONG = "长密码", "另一个"

rows_of_keys = st.builds(
    KeyRow,
    id=st.binary(min_size=12, max_size=12),
    subject=st.none() | st.text(max_size=10),
    purpose=st.sampled_from([None, "subject", "text", "spare"]),
    key=st.binary(min_size=32, max_size=32),
    holder=st.none() | st.text(max_size=5),
)
ROW = KeyRow(b"i" * 12, "customer/1", "subject", b"k" * 32, None)


def written(rows: list[KeyRow], lock: Lock = LOCK) -> bytes:
    output = io.BytesIO()
    assert write_keys(output, Keys(DESK, SECRETS, iter(rows)), lock) == len(rows)
    return output.getvalue()


def found(data: bytes, lock: Lock = LOCK) -> tuple[dict[str, bytes], list[KeyRow]]:
    keys = read_keys(PLACE, io.BufferedReader(io.BytesIO(data)), lock)
    assert keys.desk == DESK
    return keys.secrets, list(keys.rows)


@settings(max_examples=30)
@given(rows=st.lists(rows_of_keys, max_size=9), chunk=st.integers(1, 4))
def test_any_keys_come_back_whatever_the_chunks(rows: list[KeyRow], chunk: int) -> None:
    with patch.object(key_file, "ROWS_PER_CHUNK", chunk):
        assert found(written(rows)) == (SECRETS, rows)


@settings(max_examples=30)
@given(data=st.data())
def test_no_byte_can_be_changed_or_left_out(data: st.DataObject) -> None:
    with patch.object(key_file, "ROWS_PER_CHUNK", 2):
        whole = written([ROW._replace(id=bytes([n]) * 12) for n in range(6)])
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = bytes([whole[place] ^ data.draw(st.integers(1, 255))])
    for spoilt in (whole[:place], whole[:place] + changed + whole[place + 1 :], whole + b"\0"):
        with pytest.raises((ForeignFile, LedgerDamaged, NewerVersion, WrongDeskKey)):
            found(spoilt)


def test_chunks_cannot_be_left_out_or_change_places() -> None:
    with patch.object(key_file, "ROWS_PER_CHUNK", 1):
        whole = written([ROW, ROW, ROW])
    head, _, rest = whole.partition(b"\n")
    chunks = []
    while rest:
        size = 4 + int.from_bytes(rest[:4], "big")
        chunks.append(rest[:size])
        rest = rest[size:]
    one, two, three, four = chunks
    for kept in ([one, two, four], [one, three, two, four], [one, two, three]):
        with pytest.raises(LedgerDamaged, match="chunk"):
            found(head + b"\n" + b"".join(kept))


def test_a_passphrase_opens_what_it_sealed_and_nothing_else_does() -> None:
    whole = written([ROW], Lock(passphrase=LONG))
    assert found(whole, Lock(passphrase=LONG)) == (SECRETS, [ROW])
    with pytest.raises(WrongDeskKey, match="The passphrase does not open"):
        found(whole, Lock(passphrase=OTHER_LONG))
    with pytest.raises(WrongDeskKey, match="give its passphrase"):
        found(whole)
    with pytest.raises(WrongDeskKey, match="The desk key does not open"):
        found(written([ROW]), Lock(desk_key=OTHER))


def test_no_key_stands_in_the_file_as_it_is() -> None:
    whole = written([ROW])
    assert ROW.key not in whole
    assert all(secret not in whole for secret in SECRETS.values())
    assert list(islice(whole, 12)) != list(islice(written([ROW]).partition(b"\n")[2], 12))
