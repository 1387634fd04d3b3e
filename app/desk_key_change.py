"""Changing the desk key: everything in the vault wrapped anew, whatever interrupts it."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from deskledger.app.desk import open_keys
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.opening import open_ledger
from deskledger.eventlog.vault.desk_key import (
    FILE_NAME,
    FORMER_NAME,
    NEW_NAME,
    make_desk_key,
    read_desk_key,
    replace_desk_key,
)


class Changed(NamedTuple):
    """What came of a change.

    Attributes:
        keys: how many keys were wrapped anew.
        file: holds the desk key that now wraps them.
        former: holds the one before; None where that is given as a setting.
    """

    keys: int
    file: Path
    former: Path | None


@dataclass(frozen=True, slots=True)
class DeskKeyChange:
    """How a desk is reached, and which desk keys are known.

    Attributes:
        directory: where the desk lies.
        kafka: how brokers are reached, for a desk on Kafka.
        wait_seconds: how long a write waits for other processes.
        setting: the desk key in use, where it is given as a setting and not in `desk.key`.
        stated: former keys that somebody names, beside the one in `desk.key.former`.
    """

    directory: Path
    kafka: KafkaSettings
    wait_seconds: float
    setting: bytes | None = None
    stated: Sequence[bytes] = ()

    def finish(self) -> int:
        """Wraps under the desk key in use what a former one wraps; gives how many keys it was.

        Raises:
            DeskError: as `Desk.open`; or LedgerDamaged, no known desk key opens a key.
        """
        return self._wrap(self._present(), self._former())

    def change(self) -> Changed:
        """Draws a desk key, wraps everything under it, and puts it in place of `desk.key`.

        The new one stands in `desk.key.new` before anything is wrapped under it, so that what is
        interrupted is called again and goes on. It stays there where the desk key is a setting.

        Raises:
            DeskError: as `finish`; or InvalidInput, the new key is the one in use already.
        """
        present, new = self._present(), self.directory / NEW_NAME
        if new.exists():
            key = read_desk_key(self.directory, name=NEW_NAME)
        else:
            key = make_desk_key(self.directory, name=NEW_NAME)
        if key == present:
            told = f"{new} holds the desk key that is in use; remove the file, and run this again."
            raise InvalidInput(told, file=str(new))
        count = self._wrap(key, [present, *self._former()])
        if self.setting is not None:
            return Changed(count, new, None)
        replace_desk_key(self.directory)
        return Changed(count, self.directory / FILE_NAME, self.directory / FORMER_NAME)

    def _present(self) -> bytes:
        return self.setting or read_desk_key(self.directory)

    def _former(self) -> list[bytes]:
        if not (self.directory / FORMER_NAME).exists():
            return [*self.stated]
        return [*self.stated, read_desk_key(self.directory, name=FORMER_NAME)]

    def _wrap(self, key: bytes, former: Sequence[bytes]) -> int:
        ledger = open_ledger(self.directory, wait_seconds=self.wait_seconds, kafka=self.kafka)
        with closing(ledger), open_keys(ledger, self.directory, key, former) as vault:
            return vault.rewrap()
