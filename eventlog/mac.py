"""HMAC-SHA-256 of short texts, as cheap among many threads as alone.

`hmac.digest` gives up the interpreter's lock for every text; getting it back among busy threads
takes a hundred times what the hashing does. The hash functions themselves keep it for short texts.
"""

import hashlib
import hmac
from functools import lru_cache

# A desk has three keys; longer texts are worth letting other threads run meanwhile.
_KEYS_MAX = 16
_BLOCK_BYTES = 64
_SHORT_BYTES = 2_047

_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


def mac(key: bytes, text: bytes) -> bytes:
    """The HMAC-SHA-256 of a text under a key, 32 bytes (RFC 2104)."""
    if len(text) > _SHORT_BYTES or len(key) > _BLOCK_BYTES:
        return hmac.digest(key, text, "sha256")
    begun, ended = _begun(key)
    inner = begun.copy()
    inner.update(text)
    outer = ended.copy()
    outer.update(inner.digest())
    return outer.digest()


@lru_cache(maxsize=_KEYS_MAX)
def _begun(key: bytes) -> "tuple[hashlib._Hash, hashlib._Hash]":
    """The inner and the outer hash after the key, the same for every text."""
    block = key.ljust(_BLOCK_BYTES, b"\0")
    return hashlib.sha256(block.translate(_INNER)), hashlib.sha256(block.translate(_OUTER))
