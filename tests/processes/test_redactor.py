"""What is redacted cannot be read any more, whenever the process that asked for it was killed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deskledger.domain.contact import Attachment
from deskledger.domain.shapes import Erased
from deskledger.domain.ticket.commands import OpenTicket
from deskledger.domain.ticket.contact_commands import ReceiveMessage
from deskledger.domain.ticket.redaction import RedactInteraction
from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.errors import Unavailable
from tests.processes.build import Place, new_place, settle

PICTURE = Attachment(
    id="picture", name="card.png", media_type="image/png", size=7, sha256="00" * 32
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with new_place(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def ticket(place: Place) -> str:
    opened = place.ask(None, OpenTicket(channel="email", subject="Card")).stream
    for text in ("My card is 4111", "Thanks"):
        place.ask(
            opened, ReceiveMessage(text=text, attachments=(PICTURE,), sender="li@example.com")
        )
    return opened


def contacts(place: Place, ticket: str) -> list[Any]:
    streams = place.desk.writer.streams
    records = place.desk.ledger.history(ticket)
    commits = [read_commit(record.value) for record in records]
    told = streams.events(streams.load(ticket).type, commits)
    return [event for _, event in told if event.type == "CustomerMessageReceived"]


def redact(place: Place, ticket: str, **stated: Any) -> None:
    interaction = contacts(place, ticket)[0].interaction
    answer = place.ask(ticket, RedactInteraction(interaction=interaction, reason="card", **stated))
    assert answer.outcome == "done", answer


def run(place: Place) -> dict[str, int]:
    runner = place.runner(name="redactor")
    settle(runner)
    return runner.outcomes.counts()


def test_the_named_parts_of_one_message_are_gone_and_nothing_else(
    place: Place, ticket: str
) -> None:
    redact(place, ticket, parts=("text",))
    assert contacts(place, ticket)[0].text == "My card is 4111"
    assert run(place)["applied"] == 1
    first, other = contacts(place, ticket)
    assert (first.text, first.attachments[0].name) == (Erased(), "card.png")
    assert (first.sender, other.text) == ("li@example.com", "Thanks")
    assert place.state(ticket).personal_fields["subject"].present == "Card"


def test_all_of_a_message_is_redacted_where_no_part_is_named(place: Place, ticket: str) -> None:
    redact(place, ticket)
    run(place)
    first = contacts(place, ticket)[0]
    assert (first.text, first.attachments[0].name) == (Erased(), Erased())


def test_a_second_process_finds_it_done(place: Place, ticket: str) -> None:
    redact(place, ticket)
    assert (run(place)["applied"], run(place)["duplicate"]) == (1, 1)


def test_where_the_keys_cannot_be_reached_it_is_tried_again(
    place: Place, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    redact(place, ticket)
    runner = place.runner(name="redactor")
    with monkeypatch.context() as patch:
        patch.setattr(place.desk.vault, "destroy_keys", _unavailable)
        with pytest.raises(Unavailable):
            runner.step()
    assert contacts(place, ticket)[0].text == "My card is 4111"
    settle(runner)
    assert contacts(place, ticket)[0].text == Erased()


def _unavailable(*_: object) -> int:
    raise Unavailable("no disk")
