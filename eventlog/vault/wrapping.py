"""Keys wrapped by the desk key, so that the vault's file alone opens nothing."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from deskledger.eventlog.randomness import random_bytes

_CONTEXT = b"deskledger/wrap/1\0"
_NONCE_BYTES = 12


class Wrapping:
    """Wraps secrets of one desk under its desk key: AES-256-GCM, nonce first.

    The desk's id and the secret's name are bound to it, so no wrapped key can stand in for
    another. Names are key ids (12 bytes) or words of another length.
    """

    def __init__(
        self,
        desk: str,
        desk_key: bytes,
        token_bytes: Callable[[int], bytes] = random_bytes,
        former: Sequence[bytes] = (),
    ) -> None:
        """Wraps under `desk_key`; opens what is still wrapped under a `former` one, too."""
        self._cipher, *self._former = map(AESGCM, (desk_key, *former))
        self._context = _CONTEXT + desk.encode() + b"\0"
        self._token_bytes = token_bytes

    def wrap(self, name: bytes, secret: bytes) -> bytes:
        """The wrapped secret: nonce, ciphertext and tag."""
        nonce = self._token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, self._context + name)

    def unwrap(self, name: bytes, wrapped: bytes) -> bytes:
        """The secret again.

        Raises:
            cryptography.exceptions.InvalidTag: another desk key, desk or name wrapped it.
        """
        *first, last = (self._cipher, *self._former)
        for cipher in first:
            with suppress(InvalidTag):
                return self._opened(cipher, name, wrapped)
        return self._opened(last, name, wrapped)

    def is_current(self, name: bytes, wrapped: bytes) -> bool:
        """Whether the desk key itself opens it."""
        try:
            self._opened(self._cipher, name, wrapped)
        except InvalidTag:
            return False
        return True

    def _opened(self, cipher: AESGCM, name: bytes, wrapped: bytes) -> bytes:
        nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        return cipher.decrypt(nonce, sealed, self._context + name)
