"""Our HMAC is the standard library's, for every key and text."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from deskledger.eventlog.mac import mac


@given(st.binary(max_size=100), st.binary(max_size=5_000))
def test_a_mac_is_the_hmac_of_the_standard_library(key: bytes, text: bytes) -> None:
    assert mac(key, text) == hmac.digest(key, text, "sha256")
