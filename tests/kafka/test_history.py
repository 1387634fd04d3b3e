"""What clients wrote down is read back, whatever became of them."""

from io import StringIO

import pytest
from hypothesis import given

from tests.eventlog.build import ticket
from tests.kafka.history import Outcome, asking, read_history, write_history
from tests.kafka.worlds import Call, attempts_of, worlds

COMMAND = "00000000-0000-4000-8000-000000000001"


def lines_of(written: StringIO) -> list[str]:
    return written.getvalue().splitlines(keepends=True)


@given(worlds())
def test_a_history_is_read_as_it_was_written(calls: list[Call]) -> None:
    attempts = sorted(attempts_of(calls), key=lambda attempt: attempt.began)
    written = StringIO()
    write_history(written, attempts)
    assert read_history(lines_of(written)) == attempts


def test_an_answer_is_kept_with_its_question() -> None:
    written = StringIO()
    with asking(written, COMMAND, ticket(1)) as told:
        told(Outcome.DONE, 3, (0, 7))
    (attempt,) = read_history(lines_of(written))
    assert attempt.ended is not None
    assert attempt.began <= attempt.ended
    assert (attempt.command, attempt.stream) == (COMMAND, ticket(1))
    assert (attempt.outcome, attempt.version, attempt.position) == (Outcome.DONE, 3, (0, 7))


def test_a_question_that_ends_in_an_error_has_no_known_outcome() -> None:
    written = StringIO()
    with pytest.raises(ZeroDivisionError), asking(written, COMMAND, ticket(1)):
        raise ZeroDivisionError
    (attempt,) = read_history(lines_of(written))
    assert (attempt.outcome, attempt.position) == (Outcome.UNKNOWN, None)


def test_a_client_that_was_killed_has_asked_and_knows_nothing() -> None:
    written = StringIO()
    with asking(written, COMMAND, ticket(1)) as told:
        told(Outcome.DONE, 3, (0, 7))
    question, answer = lines_of(written)
    (attempt,) = read_history([question, answer[:20]])
    assert (attempt.outcome, attempt.ended) == (Outcome.UNKNOWN, None)
