"""What an export consists of: `manifest.json`, written last; without it nothing is whole."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import ForeignFile, NewerVersion
from deskledger.eventlog.files.whole_file import Written, whole_file
from deskledger.eventlog.strict_json import Malformed, is_integer, is_uuid, loads_strict

NAME = "manifest.json"
FORMAT = 1
BYTES_MAX = 64 << 20

# Line ends and spaces between tokens; inside its strings a manifest has none of them.
_LAYOUT = bytes.maketrans(b"\t\n\r", b"   ")


class ListedFile(NamedTuple):
    """A file of an export, by its name in the directory, and what else is to be said of it."""

    name: str
    written: Written
    facts: Mapping[str, Any]


class Manifest(NamedTuple):
    """A whole export.

    Attributes:
        kind: `lanes` or `tables`.
        desk: the desk's id.
        software: that wrote it.
        facts: what else is to be said of all.
        files: in their order.
    """

    kind: str
    desk: str
    software: str
    facts: Mapping[str, Any]
    files: Sequence[ListedFile]

    def as_json(self) -> dict[str, Any]:
        """The object that stands in the file."""
        files = [
            {"file": name, "bytes": written.bytes, "sha256": written.sha256, **facts}
            for name, written, facts in self.files
        ]
        head = {"format": FORMAT, "export": self.kind, "desk": self.desk}
        return {**head, "software": self.software, **self.facts, "files": files}


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Writes the manifest, when all that it lists is there.

    Raises:
        OSError: it cannot be written.
    """
    with whole_file(directory / NAME) as output:
        output.write(orjson.dumps(manifest.as_json(), option=_OPTIONS))


def take_manifest_away(directory: Path) -> None:
    """Removes the manifest before anything that it lists is changed."""
    (directory / NAME).unlink(missing_ok=True)


def read_manifest(directory: Path, kind: str) -> Manifest:
    """The manifest of an export.

    Raises:
        InvalidInput: there is none: the export was never finished.
        ForeignFile: it is no manifest of such an export.
        NewerVersion: its format is newer than this software.
    """
    path = directory / NAME
    try:
        with path.open("rb") as file:
            data = file.read(BYTES_MAX)
    except FileNotFoundError as error:
        told = f"{directory} holds no finished export: {NAME} is missing."
        raise InvalidInput(told, directory=str(directory)) from error
    try:
        return _manifest(loads_strict(data.translate(_LAYOUT)), kind)
    except Malformed as problem:
        told = f"{path} is no manifest of exported {kind}: {problem}."
        raise ForeignFile(told, file=str(path)) from problem


def _manifest(body: dict[str, Any], kind: str) -> Manifest:
    if body.pop("export", None) != kind or not is_integer(body.get("format"), 1):
        raise Malformed("another kind of file")
    if body.pop("format") > FORMAT:
        raise NewerVersion("The export was made by a newer deskledger; update the software.")
    desk, software, files = (body.pop(name, None) for name in ("desk", "software", "files"))
    if not is_uuid(desk) or not isinstance(software, str) or not isinstance(files, list):
        raise Malformed("desk, software or files")
    return Manifest(kind, str(desk), software, body, [_file(one) for one in files])


def _file(stated: Any) -> ListedFile:
    if not isinstance(stated, dict):
        raise Malformed("files")
    name, size, digest = (stated.pop(part, None) for part in ("file", "bytes", "sha256"))
    # A name alone: a manifest must not lead out of its directory.
    if not isinstance(name, str) or Path(name).name != name or not is_integer(size, 0):
        raise Malformed("files: file or bytes")
    if not isinstance(digest, str):
        raise Malformed("files: sha256")
    return ListedFile(name, Written(size, digest), stated)


_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
