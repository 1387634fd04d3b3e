"""Ids as text are what the standard library makes of the same bytes."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from deskledger.domain.identifiers import uuid8, uuid_text


@given(st.binary(min_size=16, max_size=40))
def test_a_uuid_is_written_as_the_standard_library_writes_it(octets: bytes) -> None:
    assert uuid_text(octets, 4) == str(uuid.UUID(bytes=octets[:16], version=4))


@given(st.binary(min_size=16, max_size=40))
def test_a_derived_id_is_a_version_8_uuid_of_its_digest(octets: bytes) -> None:
    made = uuid.UUID(uuid8(octets))
    kept = (1 << 128) - 1 ^ (0xF << 76) ^ (0x3 << 62)
    assert (made.version, made.variant) == (8, uuid.RFC_4122)
    assert made.int & kept == int.from_bytes(octets[:16], "big") & kept
