"""What is known of a configuration: all its versions, each with its document."""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal as Number
from typing import NamedTuple

from deskledger.domain.configuration.document import Document
from deskledger.domain.configuration.events import Scope


class Version(NamedTuple):
    """A published version; ``number`` 0 is what is shipped with the software.

    Attributes:
        published_at: when it came into force; null for version 0.
        withdrawn_at: null while it was not withdrawn.
    """

    number: int
    document: Document
    scope: Scope | None = None
    note: str | None = None
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def withdrawn(self) -> bool:
        """Whether it may no longer be put to new use."""
        return self.withdrawn_at is not None

    def held(self, at: datetime) -> bool:
        """Whether it was published and not withdrawn as of an instant."""
        begun = self.published_at is None or self.published_at <= at
        return begun and (self.withdrawn_at is None or at < self.withdrawn_at)

    def admits(self, group: str | None, key: str) -> bool:
        """Whether it is meant for a group and for what has this key, such as a ticket's id."""
        if self.scope is None:
            return True
        groups, share = self.scope.groups, self.scope.share
        return (not groups or group in groups) and (share is None or drawn(key) < Number(share))


class ConfigurationState(NamedTuple):
    """A configuration as its events have made it.

    Attributes:
        versions: oldest first.
        latest: the newest one in force for everybody; null where there is none.
    """

    version: int
    began_at: datetime
    latest_at: datetime
    versions: tuple[Version, ...]
    latest: Version | None

    @property
    def published(self) -> int:
        """The number of the version that was published last, 0 for none."""
        return self.versions[-1].number if self.versions else 0

    def numbered(self, number: int) -> Version | None:
        """A version by its number, withdrawn or not; null where there is none."""
        return self.versions[number - 1] if 0 < number <= len(self.versions) else None

    def without(self, version: Version) -> Document | None:
        """The document in force for everybody once a version is withdrawn; null for none."""
        kept = (one for one in reversed(self.versions) if one is not version and not one.withdrawn)
        return next((one.document for one in kept if one.scope is None), None)

    def in_force(self, at: datetime, group: str | None, key: str) -> Version | None:
        """The newest version that was in force at an instant for a group and a key."""
        for version in reversed(self.versions):
            if version.held(at) and version.admits(group, key):
                return version
        return None

    def is_piloted(self, at: datetime, group: str | None) -> bool:
        """Whether a version was in force at an instant for a share of a group's tickets only."""
        return any(
            one.scope is not None
            and one.scope.share is not None
            and one.held(at)
            and (not one.scope.groups or group in one.scope.groups)
            for one in self.versions
        )


def drawn(key: str) -> Number:
    """A number from 0 up to 1 that a key always draws: which share of all it falls into."""
    digest = hashlib.sha256(f"deskledger/share/1\0{key}".encode()).digest()
    return Number(int.from_bytes(digest[:6])) / 2**48
