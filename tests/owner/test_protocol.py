"""What is said over the socket: greetings of other versions, and what is no request at all."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deskledger.app.desk import Desk
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import NewerVersion, Unavailable
from deskledger.projections import queries
from deskledger.projections.owner import messages
from deskledger.projections.owner.client import find_owner
from deskledger.projections.owner.frames import LENGTH, REQUEST_BYTES_MAX, Channel, HungUp
from deskledger.projections.owner.place import address_of, listening_socket, remove_address
from deskledger.projections.owner.questions import QUESTIONS
from tests.owner.running import asked, owner_process
from tests.patience import PATIENCE_SECONDS
from tests.projections.desks import new_desk

HERE = Path(__file__).parent
TICKETS = 3
SECONDS = 30.0
BEGIN: dict[str, Any] = {"do": "begin"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    directory = tmp_path_factory.mktemp("protocol") / "desk"
    with new_desk(directory, TICKETS) as made, owner_process(directory):
        asked(directory, made.ledger.desk).__exit__()
        yield made


@contextmanager
def connected(desk: Desk) -> Iterator[Channel]:
    """A channel on which only the owner has greeted, and on which a test goes on by hand."""
    raw = socket.socket(socket.AF_UNIX)
    raw.connect(str(address_of(desk.directory)))
    channel = Channel(raw)
    try:
        assert channel.receive(SECONDS)["protocol"] == messages.PROTOCOL
        yield channel
    finally:
        channel.close()


def raised(told: dict[str, Any]) -> Exception:
    with pytest.raises(Exception) as found:  # noqa: PT011 - which one, the caller tells
        messages.raise_error(told)
    return found.value


def still_answers(desk: Desk) -> None:
    with asked(desk.directory, desk.ledger.desk, desk.ledger.progress()) as tables:
        assert sum(queries.status_counts(tables).value.values()) == TICKETS


@pytest.mark.parametrize(
    ("greeting", "error"),
    [
        ({"protocol": 2, "software": "9.9"}, NewerVersion),
        ({"protocol": 0, "software": "0.0"}, Unavailable),
        ({"protocol": "1"}, Unavailable),
        ({"hello": "Dear diary"}, Unavailable),
    ],
)
def test_an_owner_tells_askers_of_another_version_so_and_hangs_up(
    desk: Desk, greeting: dict[str, Any], error: type[Exception]
) -> None:
    with connected(desk) as channel:
        channel.send({**messages.asker_greeting(), **greeting}, SECONDS)
        assert type(raised(channel.receive(SECONDS))) is error
        with pytest.raises(HungUp):
            channel.receive(SECONDS)
    still_answers(desk)


@pytest.mark.parametrize(
    "said",
    [
        [{"do": "dance"}],
        ["begin"],
        [{"do": "begin", "at_least": {"zero": 1}}],
        [{"do": "begin", "colour": "red"}],
        [{"do": "end"}],
        [{"do": "answer", "question": "status_counts", "arguments": {}}],
        [{"do": "switch"}],
        [BEGIN, BEGIN],
        [BEGIN, {"do": "answer", "question": "what_is_love", "arguments": {}}],
        [BEGIN, {"do": "answer", "question": "oldest_open", "arguments": {"size": "many"}}],
        [BEGIN, {"do": "answer", "question": "oldest_open", "arguments": {"colour": "red"}}],
        [BEGIN, {"do": "answer", "question": "digest", "arguments": {"table": "file; DROP"}}],
        [BEGIN, {"do": "ask", "sql": "DROP TABLE ticket"}],
    ],
    ids=str,
)
def test_what_is_no_request_is_bad_input_and_harms_nobody(
    desk: Desk, said: list[dict[str, Any]]
) -> None:
    with connected(desk) as channel:
        channel.send(messages.asker_greeting(), SECONDS)
        *before, last = said
        for one in before:
            channel.send(one, SECONDS)
            assert "error" not in channel.receive(SECONDS)
        channel.send(last, SECONDS)
        assert isinstance(raised(channel.receive(SECONDS)), InvalidInput)
    still_answers(desk)


@pytest.mark.parametrize(
    "bytes_said", [b"GET / HTTP/1.1\r\n\r\n", LENGTH.pack(REQUEST_BYTES_MAX + 1), b"\0\0\0\2{]"]
)
def test_noise_harms_nobody(desk: Desk, bytes_said: bytes) -> None:
    raw = socket.socket(socket.AF_UNIX)
    with raw:
        raw.connect(str(address_of(desk.directory)))
        raw.sendall(bytes_said)
    still_answers(desk)


def test_a_question_that_is_too_long_is_told_so_before_it_is_asked(desk: Desk) -> None:
    with asked(desk.directory, desk.ledger.desk) as tables, pytest.raises(InvalidInput):
        queries.find_tickets(tables, "-" * REQUEST_BYTES_MAX)
    still_answers(desk)


@pytest.mark.parametrize(
    ("changed", "error", "match"),
    [
        ({"protocol": 2, "software": "9.9"}, NewerVersion, r"newer deskledger \(9.9\)"),
        ({"protocol": 0, "software": "0.0"}, Unavailable, r"older deskledger \(0.0\)"),
        ({"hello": "another"}, Unavailable, "another program"),
    ],
)
def test_askers_say_of_an_owner_of_another_version_what_to_do(
    tmp_path: Path, changed: dict[str, Any], error: type[Exception], match: str
) -> None:
    listener = listening_socket(tmp_path)
    said = {"hello": messages.GREETING, **changed}

    def greet() -> None:
        raw, _ = listener.accept()
        channel = Channel(raw)
        channel.send(said, SECONDS)
        channel.receive(SECONDS)
        channel.close()

    owner = threading.Thread(target=greet)
    owner.start()
    with pytest.raises(error, match=match):
        find_owner(tmp_path, "a desk")
    owner.join(PATIENCE_SECONDS)
    listener.close()
    remove_address(tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_forms_of_version_1_are_as_they_were_released() -> None:
    # Whoever changes one of them counts PROTOCOL up, or old and new misunderstand each other.
    released = json.loads((HERE / "protocol-1.json").read_text(encoding="utf-8"))
    assert released["protocol"] == messages.PROTOCOL
    assert forms() == released["questions"]


def forms() -> dict[str, Any]:
    """The JSON Schemas of the arguments and the answer of every question."""
    return {
        name: {
            "arguments": question._arguments.model_json_schema(),  # noqa: SLF001 - its form
            "answer": question._answer.json_schema(),  # noqa: SLF001 - as above
        }
        for name, question in QUESTIONS.items()
    }
