"""How far a process has come: it only grows."""

from deskledger.domain.process import MakeProgress, ProgressMade, Reached
from tests.domain.stories import Story

STREAM = Story(stream="process/waker/3")


def reached(records: int) -> Reached:
    return Reached(records=records, sequence=records * 2, hash=f"{records:064x}")


def progress(read: int, resume: int) -> MakeProgress:
    return MakeProgress(rules=1, lane=3, read=reached(read), resume=reached(resume))


def test_progress_is_recorded_as_it_is_stated() -> None:
    (made,) = STREAM.then(progress(9, 4), ProgressMade)
    assert (made.rules, made.lane, made.read, made.resume) == (1, 3, reached(9), reached(4))


def test_a_process_that_comes_further_says_so_again() -> None:
    story = STREAM.when(progress(9, 4))
    assert story.when(progress(10, 4)).state.latest.read == reached(10)
    assert story.when(progress(9, 5)).state.latest.resume == reached(5)


def test_a_process_that_has_come_less_far_changes_nothing() -> None:
    story = STREAM.when(progress(9, 4))
    for behind in (progress(9, 4), progress(8, 8), progress(9, 3)):
        story.then_nothing(behind)
