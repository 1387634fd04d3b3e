"""Parts of a contact made unreadable: the keys that sealed them are destroyed."""

from collections.abc import Collection, Iterator
from typing import Any, Protocol

from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.vault.sealed_value import key_id

_TEXT = "text"


class History(Protocol):
    """What is asked of a ledger."""

    def history(self, stream: str, after_version: int = 0) -> list[StoredRecord]:
        """The effective commits of a stream after a version of it, oldest first."""


class KeyDestroyer(Protocol):
    """What is asked of a vault."""

    def destroy_keys(self, ids: Collection[bytes]) -> int:
        """Destroys some keys for ever; gives how many of them there still were."""


def destroy_parts(
    ledger: History, vault: KeyDestroyer, stream: str, interaction: str, parts: Collection[str]
) -> int:
    """Destroys the keys of parts of a contact, at every node and for ever.

    The redaction is recorded first. Doing it again, after whatever crash, destroys what is left.

    Args:
        ledger: where the contact is recorded.
        vault: where the keys are.
        stream: the ticket's.
        interaction: id of the contact.
        parts: `text`, and ids of attachments.

    Returns:
        How many keys there still were.

    Raises:
        Unavailable: nothing, or not all, was destroyed; do it again.
    """
    ids = {
        key_id(sealed["$p"][0])
        for record in ledger.history(stream)
        for event in read_commit(record.value).events
        if event.get("interaction") == interaction and "attachments" in event
        for sealed in _sealed(event, parts)
    }
    return vault.destroy_keys(ids) if ids else 0


def _sealed(event: dict[str, Any], parts: Collection[str]) -> Iterator[dict[str, Any]]:
    if _TEXT in parts and event["text"] is not None:
        yield event["text"]
    for attachment in event["attachments"]:
        if attachment["id"] in parts and attachment["name"] is not None:
            yield attachment["name"]
