"""The file of a desk's keys, and what it is sealed under, as options of export and restore."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from deskledger.app.cli.paths import not_of_a_desk, read_bytes
from deskledger.app.cli.session import Session
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.vault.desk_key import FILE_NAME, read_desk_key
from deskledger.eventlog.vault.key_file import Lock

PANEL = "Keys"


@dataclass(frozen=True)
class KeyOptions:
    """Where the keys are, and under what."""

    keys: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The desk's keys, in a file apart; by default they stay behind.",
            rich_help_panel=PANEL,
        ),
    ] = None
    passphrase_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Seal that file under the passphrase in this one; the desk key by default.",
            rich_help_panel=PANEL,
        ),
    ] = None
    desk_key_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The desk key that the keys are under.", rich_help_panel=PANEL
        ),
    ] = None

    def file(self, session: Session) -> Path | None:
        """The file of keys, which is none of the desk's own.

        Raises:
            InvalidInput: it is one; or there is a passphrase for nothing.
        """
        if self.keys is None:
            if self.passphrase_file is not None:
                raise InvalidInput("A passphrase is for a file of keys; name that with --keys.")
            return None
        return not_of_a_desk(self.keys, session.directory)

    def lock(self, session: Session) -> Lock:
        """What the file is sealed under.

        Raises:
            InvalidInput: the passphrase is empty, or no text.
            WrongDeskKey: there is no desk key.
        """
        if self.passphrase_file is None:
            return Lock(desk_key=self._desk_key(session))
        passphrase = read_bytes(self.passphrase_file, session.directory).decode().rstrip("\r\n")
        if not passphrase:
            raise InvalidInput(f"{self.passphrase_file} holds no passphrase.")
        return Lock(passphrase=passphrase)

    def _desk_key(self, session: Session) -> bytes:
        if self.desk_key_file is None:
            return session.desk_key or read_desk_key(session.directory)
        if self.desk_key_file.name == FILE_NAME:
            return read_desk_key(self.desk_key_file.parent)
        stated = read_bytes(self.desk_key_file, session.directory).decode()
        return read_desk_key(session.directory, stated)
