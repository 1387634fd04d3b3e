"""Making a demo desk: once, whole or not at all, and never over somebody's desk."""

import fcntl
import os
from pathlib import Path

import pytest

from deskledger.app.demo.make import demo_mark, make_demo
from deskledger.app.demo.plan import Plan
from deskledger.app.desk import Desk, NewDesk
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import Unavailable, WrongDeskKey
from tests.demo.child import PLAN, killed
from tests.demo.telling import SMALL, Stream, made, streams


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("small") / "desk")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[Stream]:
    """What the desk of the killed process would have become."""
    return list(streams(made(tmp_path_factory.mktemp("whole") / "desk", PLAN)))


def workshop(directory: Path) -> Path:
    """Where a desk is made before it is moved into place."""
    return directory.with_name(f".{directory.name}.half-made")


def test_the_same_seed_makes_the_same_desk(small: Path, tmp_path: Path) -> None:
    assert list(streams(made(tmp_path / "again"))) == list(streams(small))


def test_another_seed_makes_another_desk(small: Path, tmp_path: Path) -> None:
    other = list(streams(made(tmp_path / "other", Plan(seed=8, tickets=60))))
    assert shared_names(other, list(streams(small))) == {
        "desk", "group/billing", "group/first-line", "group/logistics", "group/repair",
        "group/vip-care", "service-policy/default",
    }  # fmt: skip


def shared_names(some: list[Stream], others: list[Stream]) -> set[str]:
    return {stream.name for stream in some} & {stream.name for stream in others}


def test_keys_of_personal_values_do_not_follow_from_the_seed(small: Path, tmp_path: Path) -> None:
    other = made(tmp_path / "other")
    with Desk.open(small) as first, Desk.open(other) as second:
        assert first.ledger.desk == second.ledger.desk
        assert first.vault.secrets == second.vault.secrets
        keys = [desk.vault.subject_keys(["agent/nobody"]) for desk in (first, second)]
    assert keys[0]["agent/nobody"].id != keys[1]["agent/nobody"].id


def test_a_second_run_uses_the_desk_again(tmp_path: Path) -> None:
    first = make_demo(tmp_path / "desk", SMALL)
    with Desk.open(first.directory) as desk:
        progress = desk.ledger.progress()
        assert demo_mark(desk) == SMALL.mark
    second = make_demo(tmp_path / "desk", SMALL)
    assert (first.reused, second.reused) == (False, True)
    assert first.desk == second.desk
    with Desk.open(second.directory) as desk:
        assert desk.ledger.progress() == progress


def test_the_report_counts_the_answers_and_progress_reaches_the_end(tmp_path: Path) -> None:
    shares: list[float] = []
    report = make_demo(tmp_path / "desk", PLAN, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0, abs=0.01)
    assert len(shares) > 1
    assert report.commands > PLAN.tickets
    assert all(answered.outcome == answered.expected for answered in report.answers)
    assert report.ends_at == PLAN.ends_at


def test_an_empty_directory_is_used(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    assert not make_demo(tmp_path / "desk", SMALL).reused
    assert [path.name for path in tmp_path.iterdir()] == ["desk"]


@pytest.mark.parametrize(
    "asked", [Plan(seed=8, tickets=60), Plan(seed=7, tickets=61), Plan(seed=7, tickets=60, weeks=5)]
)
def test_another_demo_in_the_directory_is_refused(small: Path, asked: Plan) -> None:
    with pytest.raises(InvalidInput, match="another demo"):
        make_demo(small, asked)


def test_a_desk_that_no_demo_made_is_refused_and_left_alone(tmp_path: Path) -> None:
    with Desk.create(tmp_path / "desk", NewDesk(zone="UTC")) as desk:
        progress = desk.ledger.progress()
    with pytest.raises(InvalidInput, match="no demo has made"):
        make_demo(tmp_path / "desk", SMALL)
    with Desk.open(tmp_path / "desk") as desk:
        assert desk.ledger.progress() == progress


def test_a_directory_with_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me")
    with pytest.raises(InvalidInput, match="not empty"):
        make_demo(tmp_path, SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_in_the_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "desk").write_text("a file")
    with pytest.raises(InvalidInput):
        make_demo(tmp_path / "desk", SMALL)
    assert (tmp_path / "desk").read_text() == "a file"


@pytest.mark.parametrize("share", [0.01, 0.9])
def test_a_demo_killed_in_the_middle_is_made_again(
    tmp_path: Path, whole: list[Stream], share: float
) -> None:
    directory = tmp_path / "desk"
    killed(directory, share)
    assert not directory.exists()
    assert workshop(directory).exists()
    assert not make_demo(directory, PLAN).reused
    assert [path.name for path in tmp_path.iterdir()] == ["desk"]
    assert list(streams(directory)) == whole


def test_a_demo_killed_while_its_files_were_made_is_made_again(tmp_path: Path) -> None:
    unnamed = workshop(tmp_path / "desk") / f".desk.{'0' * 32}"
    unnamed.mkdir(parents=True)
    (unnamed / "desk.key").write_text("half")
    assert not make_demo(tmp_path / "desk", SMALL).reused
    assert [path.name for path in tmp_path.iterdir()] == ["desk"]


@pytest.mark.parametrize("name", ["letter.txt", ".desk.notes"])
def test_other_things_where_the_demo_would_be_made_are_left_alone(
    tmp_path: Path, name: str
) -> None:
    workshop(tmp_path / "desk").mkdir()
    (workshop(tmp_path / "desk") / name).write_text("keep me")
    with pytest.raises(InvalidInput, match="not left by a demo"):
        make_demo(tmp_path / "desk", SMALL)
    assert (workshop(tmp_path / "desk") / name).read_text() == "keep me"


def test_a_desk_that_somebody_keeps_where_the_demo_would_be_made_is_left_alone(
    tmp_path: Path,
) -> None:
    kept = workshop(tmp_path / "desk") / "desk"
    with Desk.create(kept, NewDesk(zone="UTC")) as desk:
        identity = desk.ledger.desk
    with pytest.raises(InvalidInput, match="not left by a demo"):
        make_demo(tmp_path / "desk", SMALL)
    with Desk.open(kept) as desk:
        assert desk.ledger.desk == identity


def test_two_processes_do_not_make_the_same_demo(tmp_path: Path) -> None:
    workshop(tmp_path / "desk").mkdir()
    held = os.open(workshop(tmp_path / "desk"), os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Unavailable, match="Another process"):
            make_demo(tmp_path / "desk", SMALL)
    finally:
        os.close(held)


def test_a_desk_key_kept_elsewhere_opens_the_demo(tmp_path: Path) -> None:
    key = bytes(range(32))
    make_demo(tmp_path / "desk", SMALL, desk_key=key)
    assert not (tmp_path / "desk" / "desk.key").exists()
    assert make_demo(tmp_path / "desk", SMALL, desk_key=key).reused
    with pytest.raises(WrongDeskKey):
        make_demo(tmp_path / "desk", SMALL)
