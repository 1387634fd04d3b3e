"""Strict JSON accepts exactly the stated grammar, judged by a slow reader written from it."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deskledger.eventlog.strict_json import (
    INTEGER_MAX,
    Malformed,
    is_integer,
    is_uuid,
    loads_strict,
)
from tests.eventlog.slow_json import Fault, Reader


def expected(data: bytes) -> Any:
    try:
        return Reader(data).document()
    except Fault:
        return None


def found(data: bytes) -> Any:
    try:
        return loads_strict(data)
    except Malformed:
        return None


NAMES = st.text(st.sampled_from('abc"\\/é中😀\x00\x1f.:,-1e'), max_size=4)
INTEGERS = st.integers(-INTEGER_MAX - 2, INTEGER_MAX + 2) | st.integers(-3, 3)
SCALARS = st.none() | st.booleans() | INTEGERS | st.floats(allow_nan=False) | NAMES
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4)
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=4)
PIECES = [
    *[bytes([byte]) for byte in b'{}[]",:-0123456789.eE+ \\/utn\t\n\x00\x7f'],
    *[b"true", b"null", b"NaN", b"Infinity", b"\\u0061", b"\\uD83D\\uDE00", b"\\ud800", b"\\uDC00"],
    *[b'"a":1', b',"a":2', b"-0", b"1e1", b"0.5", b"9007199254740992", b"\xff", b"\xed\xa0\x80"],
    *["é".encode(), "😀".encode(), b"\xef\xbb\xbf", b"\xc0\x80", b"{" * 31, b"}" * 31],
]
DAMAGE = st.tuples(st.floats(0, 1), st.sampled_from(PIECES), st.integers(0, 3))


def spelt(document: Any, *, spaces: bool, ascii_only: bool) -> bytes:
    separators = (", ", ": ") if spaces else (",", ":")
    return json.dumps(document, ensure_ascii=ascii_only, separators=separators).encode()


@given(document=DOCUMENTS, spaces=st.booleans(), ascii_only=st.booleans())
@example(document={"a": -0.0}, spaces=False, ascii_only=False)
@example(document={"a": [1, 1.5]}, spaces=False, ascii_only=False)
@example(document={"a": [-1e300]}, spaces=False, ascii_only=False)
@example(document={"a": 1e16, "b": {"c": 2.0}}, spaces=False, ascii_only=False)
def test_generated_documents_are_read_as_the_grammar_says(
    document: Any, *, spaces: bool, ascii_only: bool
) -> None:
    data = spelt(document, spaces=spaces, ascii_only=ascii_only)
    assert found(data) == expected(data)


@given(
    document=DOCUMENTS, damages=st.lists(DAMAGE, min_size=1, max_size=4), ascii_only=st.booleans()
)
def test_damaged_documents_are_read_as_the_grammar_says(
    document: Any, damages: list[tuple[float, bytes, int]], *, ascii_only: bool
) -> None:
    data = spelt(document, spaces=False, ascii_only=ascii_only)
    for place, piece, removed in damages:
        at = round(place * len(data))
        data = data[:at] + piece + data[at + removed :]
    assert found(data) == expected(data)


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_random_pieces_are_read_as_the_grammar_says(pieces: list[bytes]) -> None:
    data = b"{" + b"".join(pieces) + b"}"
    assert found(data) == expected(data)


@given(st.binary(max_size=40))
def test_random_bytes_never_raise_anything_but_malformed(data: bytes) -> None:
    assert found(data) == expected(data)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("canonical", [True, False])
@pytest.mark.parametrize("depth", [31, 32, 33, 60])
def test_the_outermost_object_is_the_first_of_32_levels(
    opening: bytes, depth: int, *, canonical: bool
) -> None:
    closing = b"]" if opening == b"[" else b"}"
    inner = opening * (depth - 2) + b"[]" + closing * (depth - 2)
    data = (b'{"a":' if canonical else b'{ "a":') + inner + b"}"
    assert (found(data) is not None) == (depth <= 32)


def test_many_brackets_side_by_side_are_no_depth() -> None:
    assert loads_strict(b'{"a":[' + b",".join([b"[]"] * 100) + b"]}") == {"a": [[]] * 100}


def test_brackets_inside_strings_are_no_depth() -> None:
    assert found(b'{ "a":"' + b"[" * 100 + b'\\""}') is not None


@pytest.mark.parametrize("size", [100_000, 500_000])
@pytest.mark.parametrize("piece", [b"[", b'{"a":', b"9", b'"', b"\\", b" "])
def test_hostile_input_is_malformed_whatever_the_callers_depth(piece: bytes, size: int) -> None:
    assert found(b'{"a":' + piece * (size // len(piece))) is None


def test_true_is_no_integer() -> None:
    assert not is_integer(value=True, least=0)
    assert is_integer(0, 0)
    assert not is_integer(2, 0, 1)


@pytest.mark.parametrize(
    "text",
    [
        "0D9E1C2A-1111-8222-8333-444455556666",
        "0d9e1c2a111182228333444455556666",
        "0d9e1c2a-1111-8222-8333-444455556666\n",
        "{0d9e1c2a-1111-8222-8333-444455556666}",
        "",
    ],
)
def test_a_uuid_has_one_spelling(text: str) -> None:
    assert not is_uuid(text)
    assert is_uuid("0d9e1c2a-1111-8222-8333-444455556666")
