"""A redacted message looks the same whenever its keys were destroyed and however it was read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.domain.contact import Attachment
from deskledger.domain.ticket.commands import OpenTicket, SolveTicket
from deskledger.domain.ticket.contact_commands import AddNote, LogCall, ReceiveMessage, SendReply
from deskledger.domain.ticket.redaction import RedactInteraction
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.vault.sealed_value import key_id
from deskledger.projections.staging import Stager
from deskledger.projections.store import ProjectionStore
from tests.domain.stories import AS_CUSTOMER, NOON, Story, desk
from tests.projections.reading import rows
from tests.projections.records import DESK, Book, ticket_stream

FILES = tuple(
    Attachment(id=name, name=f'{name} 名/"x".png', media_type="image/png", size=1, sha256="0" * 64)
    for name in ("b-file", "a-file")
)
CONTACTS = (
    ReceiveMessage(text="4111 1111", sender="li@example.com", attachments=FILES),
    SendReply(text="Done", to=("li@example.com",), attachments=FILES[:1]),
    AddNote(text="Hm"),
    LogCall(direction="in", answered=False, started_at=NOON, ended_at=NOON),
)
TABLES = ("interaction", "interaction_personal", "ticket_event")
PARTS = st.lists(st.sampled_from(["text", "b-file", "a-file"]), min_size=1, unique=True)


def told(redactions: Sequence[tuple[int, Sequence[str] | None]]) -> Story:
    """A ticket with four contacts, of which some are redacted."""
    story = desk().by(AS_CUSTOMER).when(OpenTicket(channel="email"), *CONTACTS)
    known = list(story.state.interactions.items())
    for place, parts in redactions:
        interaction, one = known[place]
        named = None if parts is None else tuple(part for part in parts if part in one.parts)
        command = RedactInteraction(interaction=interaction, reason="card", parts=named)
        left = one.parts - story.state.interactions[interaction].redacted
        if left & set(one.parts if named is None else named):
            story = story.when(command)
    return story.when(SolveTicket(resolution="fixed"))


def destroy(book: Book, story: Story) -> None:
    """What the desk does next: the keys of the redacted parts are no more."""
    commits = [record.value for record in book.records]
    for interaction, one in story.state.interactions.items():
        for sealed in sealed_parts(commits, interaction, one.redacted):
            book.keys.keys.pop(key_id(sealed["$p"][0]), None)


def sealed_parts(commits: list[bytes], interaction: str, parts: frozenset[str]) -> list[Any]:

    found = []
    for value in commits:
        for event in orjson.loads(value)["events"]:
            if event.get("interaction") == interaction and "attachments" in event:
                found += [event["text"]] if "text" in parts and event["text"] else []
                found += [one["name"] for one in event["attachments"] if one["id"] in parts]
    return found


def tables(records: Sequence[StoredRecord], sizes: Sequence[int], book: Book, path: Path) -> Any:
    path.unlink(missing_ok=True)
    with ProjectionStore.open(path, DESK) as store:
        start = 0
        for size in (*sizes, len(records)):
            if start < len(records):
                store.apply(records[start : start + size], Stager(book.keys.data_keys))
            start += size
        return {table: rows(store, table) for table in TABLES}


@given(
    redactions=st.lists(st.tuples(st.integers(0, 3), st.none() | PARTS), max_size=4),
    sizes=st.lists(st.integers(1, 3), max_size=6),
)
@settings(max_examples=12, deadline=None)
def test_a_redaction_looks_the_same_before_and_after_the_keys_are_gone(
    tmp_path_factory: pytest.TempPathFactory,
    redactions: list[tuple[int, list[str] | None]],
    sizes: list[int],
) -> None:
    story, book = told(redactions), Book()
    for event in story.events:
        book.commit(ticket_stream(1), [event])
    path = tmp_path_factory.mktemp("redaction") / "tables.duckdb"
    before = tables(book.records, sizes, book, path)
    destroy(book, story)
    after = tables(book.records, [], book, path)
    assert before == after
    shown = {row["id"]: row["redacted"] for row in after["interaction"]}
    for interaction, one in story.state.interactions.items():
        assert shown[interaction] == sorted(one.redacted)
