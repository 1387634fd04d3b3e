"""Sealed values have the bytes of the vectors file."""

import base64
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from deskledger.domain.shapes import Erased
from deskledger.eventlog.errors import LedgerDamaged
from deskledger.eventlog.vault.sealed_value import DataKey, binding, data_key, seal_value
from deskledger.eventlog.vault.sealing import Sealer, key_ids, unseal

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "ledger-format-1.json").read_text(encoding="utf-8")
)
VALUES = VECTORS["sealed_values"]

Case = dict[str, Any]


class GivenPath(NamedTuple):
    """One field at the top of an event, and what kind of key seals it."""

    parts: tuple[str, ...]
    purpose: str


class GivenKeys:
    """The keys that a vector states."""

    def __init__(self, text: bytes, subject: bytes) -> None:
        self._text, self._subject = data_key(text), data_key(subject)

    def subject_keys(self, subjects: Collection[str]) -> dict[str, DataKey]:
        return dict.fromkeys(subjects, self._subject)

    def text_key(self, subject: str) -> DataKey:
        assert subject
        return self._text

    def attachment_key(self, subject: str) -> DataKey:
        raise AssertionError(subject)


def place_of(case: Case) -> bytes:
    pointer: str = case["pointer"]
    return binding(case["stream"], case["type"]) + pointer.encode()


def event_with(case: Case) -> Case:
    """An event in which the sealed value stands at its pointer."""
    value: Any = case["sealed"]
    for part in reversed(case["pointer"].split("/")[1:]):
        name = part.replace("~1", "/").replace("~0", "~")
        value = [value] if name == "0" else {name: value}
    return {"type": case["type"], **value}


@pytest.mark.parametrize("case", VALUES)
def test_a_value_is_bound_to_stream_type_and_place(case: Case) -> None:
    assert place_of(case) == base64.b64decode(case["aad_base64"])


@pytest.mark.parametrize("case", VALUES)
def test_a_value_is_sealed_with_these_bytes(case: Case) -> None:
    key = data_key(bytes.fromhex(case["key_hex"]))
    assert key.id.hex() == case["key_id_hex"]
    value, nonce = json.loads(case["plaintext"]), bytes.fromhex(case["nonce_hex"])
    assert seal_value(key, nonce, place_of(case), value) == case["sealed"]


@pytest.mark.parametrize("case", VALUES)
def test_a_sealed_value_opens_with_its_key_in_its_place_only(case: Case) -> None:
    key = bytes.fromhex(case["key_hex"])
    keys = {bytes.fromhex(case["key_id_hex"]): key}
    event = event_with(case)
    opened = unseal(case["stream"], event, keys)
    plain = {**case, "sealed": json.loads(case["plaintext"])}
    assert opened == event_with(plain)
    assert key_ids(event) == set(keys)
    assert unseal(case["stream"], event, {}) == event_with({**case, "sealed": Erased()})
    with pytest.raises(LedgerDamaged):
        unseal("ticket/another", event, keys)
    with pytest.raises(LedgerDamaged):
        unseal(case["stream"], {**event, "type": "CallLogged"}, keys)


@pytest.mark.parametrize("case", VECTORS["sealed_events"])
def test_an_event_is_sealed_value_by_value_and_null_stays_null(case: Case) -> None:
    text, subject = (bytes.fromhex(key) for key in case["keys_hex"])
    nonces = [bytes.fromhex(at["nonce_hex"]) for at in case["personal"] if at["nonce_hex"]]
    paths = [
        GivenPath((at["pointer"][1:],), "text" if at["key_hex"] == text.hex() else "subject")
        for at in case["personal"]
    ]
    given = iter(nonces)
    sealer = Sealer(GivenKeys(text, subject), lambda length: next(given)[:length])
    sealed = sealer.seal(case["stream"], case["plain"], paths, "customer/x")
    assert sealed == case["sealed"]
    keys = {data_key(key).id: key for key in (text, subject)}
    assert unseal(case["stream"], sealed, keys) == case["plain"]
