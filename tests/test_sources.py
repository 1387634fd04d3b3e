"""What the product's sources may import, and which of them may open files."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Each folder may import itself and those before it.
RANKS = {"domain": 0, "eventlog": 1, "projections": 2, "consumers": 3, "replay": 4, "app": 5}
SOURCES = sorted(path for folder in RANKS for path in (ROOT / folder).rglob("*.py"))

# Closing any descriptor of a database file drops every lock that this process holds on it, so
# modules open no files, except these, which open other ones.
MAY_OPEN_FILES = {
    "app/cli/command.py": "the null device, when the reader of a pipe has gone",
    "app/cli/paths.py": "files that the user names, those of a desk refused",
    "app/cli/texts.py": "the package's own texts",
    "app/report/page.py": "the package's own page and script",
    "app/node/pulse.py": "what nodes tell of themselves",
    "consumers/processes/lease.py": "files that are there to be locked",
    "app/demo/making.py": "removes and locks directories",
    "app/demo/founding.py": "the package's own texts",
    "app/demo/script.py": "the package's own texts",
    "app/desk.py": "removes a directory in which a desk was not finished",
    "consumers/history/mapping_files.py": "mapping files",
    "consumers/history/source_file.py": "logs that the user names",
    "consumers/publisher/allow_list.py": "the package's own allow-list",
    "eventlog/vault/desk_key.py": "the file of the desk key",
    "eventlog/kafka/location.py": "the file that says where the ledger is",
    "projections/file.py": "the package's own SQL, whose fingerprint it takes",
    "projections/sql.py": "the package's own SQL",
    "replay/export/forms.py": "files of exported lanes",
    "replay/export/manifest.py": "manifests of exports",
    "eventlog/files/sqlite_errors.py": "asks how much room there is",
    "eventlog/files/whole_file.py": "files of exports that it has just made, and databases, closed",
    "replay/as_of/snapshots.py": "snapshots that nobody writes any more",
    "replay/aside.py": "locks and clears a directory in which a desk was not finished",
    "replay/restore/judged_lanes.py": "files of exported lanes",
    "replay/restore/restoring.py": "files of exported keys",
}
# What a tool of others may be imported by.
SEAMS = {
    "kafka": ("eventlog/", "consumers/"),
    "eventsourcing": ("eventlog/", "consumers/", "projections/tracking.py"),
}
# The order of the folders of the ledger.
LEDGER_RANKS = {"files": 0, "vault": 1, "store": 1, "writing": 2, "kafka": 3, "eventsourcing": 4}
READERS = {"read_bytes", "read_text", "write_bytes", "write_text", "file_digest", "fdopen"}
COPIERS = {"shutil", "mmap", "fileinput"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(module: ast.Module) -> Iterator[str]:
    """Full names of what a module imports; relative imports begin with a dot."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def opens_files(module: ast.Module) -> bool:
    calls = (node.func for node in ast.walk(module) if isinstance(node, ast.Call))
    return any(map(is_opener, calls)) or bool(
        COPIERS & {name.partition(".")[0] for name in imports(module)}
    )


def is_opener(called: ast.expr) -> bool:
    """Whether a call reads or writes a file by its path: `open`, `path.open`, `read_bytes` …"""
    match called:
        case ast.Name("open"):
            return True
        case ast.Attribute(ast.Name(owner), "open"):
            # Classes of our own have an `open`, too.
            return not owner[0].isupper() and owner != "cls"
        case ast.Attribute(_, name):
            return name in READERS or name == "open"
    return False


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    rank = RANKS[folder := path.relative_to(ROOT).parts[0]]
    for name in imports(tree(path)):
        first, _, rest = name.partition(".")
        assert first, f"{name}: say which folder"
        assert first not in RANKS, f"{name}: import it from deskledger"
        imported = rest.partition(".")[0]
        if first == "deskledger" and imported in RANKS:
            assert imported == folder or RANKS[imported] < rank, name


@pytest.mark.parametrize("path", sorted((ROOT / "eventlog").glob("*/*.py")), ids=name_of)
def test_the_folders_of_the_ledger_import_each_other_one_way(path: Path) -> None:
    folder = path.parent.name
    for name in imports(tree(path)):
        _, _, rest = name.partition("deskledger.eventlog.")
        imported = rest.partition(".")[0]
        if imported in LEDGER_RANKS:
            assert imported == folder or LEDGER_RANKS[imported] < LEDGER_RANKS[folder], name


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_the_log_and_the_library_are_used_behind_their_seams_only(path: Path) -> None:
    for name in imports(tree(path)):
        seams = SEAMS.get(name.partition(".")[0], ("",))
        assert name_of(path).startswith(seams), name


@pytest.mark.parametrize("path", sorted((ROOT / "domain").rglob("*.py")), ids=name_of)
def test_the_domain_needs_the_standard_library_and_pydantic_only(path: Path) -> None:
    known = {*sys.stdlib_module_names, "pydantic", "pydantic_core"}
    for name in imports(tree(path)):
        assert name.partition(".")[0] in known or name.startswith("deskledger.domain."), name


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_module_opens_files_but_those_that_open_other_than_the_desks(path: Path) -> None:
    assert opens_files(tree(path)) == (name_of(path) in MAY_OPEN_FILES)


def test_the_modules_that_may_open_files_exist() -> None:
    assert set(MAY_OPEN_FILES) <= set(map(name_of, SOURCES))


@pytest.mark.parametrize(
    "source",
    [
        "open('ledger.sqlite')",
        "path.open('rb')",
        "(directory / name).open()",
        "path.read_bytes()",
        "os.open(path, 0)",
        "hashlib.file_digest(file, 'sha256')",
        "import shutil",
        "from mmap import mmap",
    ],
)
def test_every_way_of_opening_a_file_is_recognised(source: str) -> None:
    assert opens_files(ast.parse(source))


@pytest.mark.parametrize("source", ["Desk.open(directory)", "cls.open(path)", "opened(path)"])
def test_opening_a_desk_is_not_opening_a_file(source: str) -> None:
    assert not opens_files(ast.parse(source))


def test_the_package_holds_links_to_the_folders_and_nothing_else() -> None:
    package = ROOT / "deskledger"
    links = {path.name: path.readlink() for path in package.iterdir() if path.is_symlink()}
    assert links == {folder: Path("..") / folder for folder in RANKS}
    others = {path.name for path in package.iterdir()} - set(links) - {"__pycache__"}
    assert others == {"__init__.py", "py.typed"}
