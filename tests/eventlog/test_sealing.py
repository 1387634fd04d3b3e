"""Sealed values: they open where they stand, nowhere else, and only with their key."""

import base64
import copy
import os
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.shapes import Erased
from deskledger.eventlog.errors import LedgerDamaged
from deskledger.eventlog.vault.sealed_value import DataKey, data_key
from deskledger.eventlog.vault.sealing import Sealer, key_ids, unseal
from tests.eventlog.build import ticket

STREAM, SUBJECT = ticket(1), "customer/c1"


@dataclass(frozen=True)
class Path:
    parts: tuple[str, ...]
    purpose: str = "subject"


PATHS = (
    Path(("subject",)),
    Path(("text",), "text"),
    Path(("attachments", "*", "name"), "attachment"),
    Path(("personal_fields", "*")),
    Path(("recipients",)),
    Path(("thread", "message_id")),
)


class Keys:
    """Keys as a vault gives them, in memory."""

    def __init__(self) -> None:
        self.raw: dict[bytes, bytes] = {}
        self.subjects: dict[str, DataKey] = {}
        self.taken: list[tuple[str, str]] = []

    def _new(self) -> DataKey:
        raw = os.urandom(32)
        key = data_key(raw)
        self.raw[key.id] = raw
        return key

    def subject_keys(self, subjects: Collection[str]) -> dict[str, DataKey]:
        for subject in subjects:
            self.subjects.setdefault(subject, self._new())
        return {subject: self.subjects[subject] for subject in subjects}

    def text_key(self, subject: str) -> DataKey:
        self.taken.append(("text", subject))
        return self._new()

    def attachment_key(self, subject: str) -> DataKey:
        self.taken.append(("attachment", subject))
        return self._new()


scalars = st.text(st.characters(exclude_categories=["Cs"])) | st.booleans() | st.integers(-9, 9)
changes = st.fixed_dictionaries({"before": st.none() | scalars, "after": scalars, "since": scalars})
names = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-~/", min_size=1, max_size=8)
events = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["TicketOpened", "ReplySent"]),
        "status": st.just({"before": "new", "after": "open", "since": None}),
        "tags": st.lists(st.text(max_size=3), max_size=2),
        "subject": st.none() | scalars,
        "text": st.none() | scalars,
        "attachments": st.lists(
            st.fixed_dictionaries({"id": st.just("a"), "name": st.none() | scalars}), max_size=2
        ),
        "personal_fields": st.none() | st.dictionaries(names, changes, max_size=3),
        "recipients": st.none() | st.lists(scalars, min_size=1, max_size=2),
        "thread": st.none() | st.fixed_dictionaries({"message_id": st.none() | scalars}),
    }
)


def sealed_event(event: dict[str, Any]) -> tuple[dict[str, Any], Keys]:
    keys = Keys()
    return Sealer(keys).seal(STREAM, event, PATHS, SUBJECT), keys


@settings(deadline=None)
@given(events)
def test_what_was_sealed_opens_again_and_the_given_event_is_kept(event: dict[str, Any]) -> None:
    before = copy.deepcopy(event)
    sealed, keys = sealed_event(event)
    assert event == before
    assert unseal(STREAM, sealed, keys.raw) == event
    assert key_ids(sealed) <= set(keys.raw)


@settings(deadline=None)
@given(events)
def test_every_personal_value_is_sealed_and_nothing_else_is_touched(event: dict[str, Any]) -> None:
    sealed, _ = sealed_event(event)
    erased = unseal(STREAM, sealed, {})
    for name in ("type", "status", "tags"):
        assert sealed[name] == event[name]
    for name in ("subject", "text", "recipients"):
        assert erased[name] == (None if event[name] is None else Erased())
    for given_, read in zip(event["attachments"], erased["attachments"], strict=True):
        assert read == {"id": "a", "name": None if given_["name"] is None else Erased()}
    if event["personal_fields"] is None:
        assert erased["personal_fields"] is None
    else:
        assert erased["personal_fields"] == dict.fromkeys(event["personal_fields"], Erased())


@settings(deadline=None)
@given(events)
def test_each_text_and_attachment_has_a_key_of_its_own_and_the_subject_one(
    event: dict[str, Any],
) -> None:
    sealed, keys = sealed_event(event)
    texts = [name for name in ("text",) if event[name] is not None]
    attached = [item for item in event["attachments"] if item["name"] is not None]
    assert sorted(keys.taken) == sorted(
        [("text", SUBJECT)] * len(texts) + [("attachment", SUBJECT)] * len(attached)
    )
    own = len(texts) + len(attached)
    assert len(key_ids(sealed)) == own + bool(keys.subjects)
    assert set(keys.subjects) <= {SUBJECT}


def test_a_sealed_value_has_the_documented_form() -> None:
    sealed, keys = sealed_event({"type": "TicketOpened", "personal_fields": {"a/b~c": {"x": "é"}}})
    (name, values), *others = sealed["personal_fields"]["a/b~c"].items()
    assert (name, others) == ("$p", [])
    identifier, nonce, text = (base64.urlsafe_b64decode(part + "==") for part in values)
    assert not any("=" in part for part in values)
    assert (len(identifier), len(nonce)) == (12, 12)
    bound_to = f"deskledger/seal/1\0{STREAM}\0TicketOpened\0/personal_fields/a~1b~0c".encode()
    opened = AESGCM(keys.raw[identifier]).decrypt(nonce, text, bound_to)
    assert opened == '{"x":"é"}'.encode()


@pytest.mark.parametrize(
    "move",
    [
        lambda event: (ticket(2), event),
        lambda event: (STREAM, {**event, "type": "ReplySent"}),
        lambda event: (STREAM, {**event, "text": None, "subject": event["text"]}),
        lambda event: (STREAM, {**event, "text": {"$p": [*event["text"]["$p"][:2], "AAAA"]}}),
        lambda event: (STREAM, {**event, "text": {"$p": event["text"]["$p"][:2]}}),
        lambda event: (STREAM, {**event, "text": {"$p": None}}),
        lambda event: (STREAM, {**event, "text": {"$p": [event["text"]["$p"][0], 1, 2]}}),
    ],
)
def test_a_value_that_was_moved_or_changed_is_damage_and_names_the_place(move: Any) -> None:
    sealed, keys = sealed_event({"type": "TicketOpened", "text": "a secret", "subject": None})
    stream, changed = move(sealed)
    with pytest.raises(LedgerDamaged, match=stream):
        unseal(stream, changed, keys.raw)


def test_a_malformed_sealed_value_has_no_key_ids_but_is_damage() -> None:
    for broken in (None, [], [7], "text", ["*"]):
        with pytest.raises(LedgerDamaged):
            key_ids({"type": "TicketOpened", "text": {"$p": broken}})


def test_no_two_values_share_a_nonce() -> None:
    keys = Keys()
    sealer = Sealer(keys)
    event = {"type": "TicketOpened", "subject": "the same"}
    sealed = [sealer.seal(STREAM, event, PATHS, SUBJECT)["subject"]["$p"] for _ in range(100)]
    assert len({identifier for identifier, _, _ in sealed}) == 1
    assert len({nonce for _, nonce, _ in sealed}) == 100
