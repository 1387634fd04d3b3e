"""A decision says which configuration it saw; what is not there is not looked for twice."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deskledger.app.desk import Desk, NewDesk
from deskledger.domain.configuration.commands import Publish
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.errors import InvalidInput
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import OpenTicket, PendTicket
from deskledger.domain.ticket.contact_commands import AddNote
from deskledger.eventlog.store.embedded import LOOK_SECONDS
from deskledger.eventlog.writing.requests import Answer, Request

DEFAULT = "ticket-type/default"
OPEN = OpenTicket(channel="email")
EMAIL = {"format": 2, "zone": "UTC", "channels": [{"code": "email"}]}
WEB = {**EMAIL, "channels": [{"code": "web"}]}


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """One desk, open twice as by two processes."""
    with (
        Desk.create(tmp_path / "desk", NewDesk(zone="UTC")) as first,
        Desk.open(tmp_path / "desk") as second,
    ):
        yield first, second


def request(desk: Desk, *, configures: bool = False) -> Request:
    actor = Actor(kind="agent", id=desk.first_agent())
    return Request(actor, "cli", "test", configures=configures)


def publish(desk: Desk, stream: str, document: dict[str, Any]) -> Answer:
    return desk.writer.execute(stream, Publish(document=document), request(desk, configures=True))


def opened(desk: Desk) -> Answer:
    return desk.writer.execute(None, OPEN, request(desk))


def reads(desk: Desk, answer: Answer) -> dict[str, int]:
    found: dict[str, int] = json.loads(desk.ledger.history(answer.stream)[-1].value)["reads"]
    assert found.pop(POLICY_STREAM) == 0, "every command on a ticket may change clocks"
    return found


def test_a_commit_names_the_configuration_that_was_looked_at_absent_ones_too(
    desks: tuple[Desk, Desk],
) -> None:
    desk, _ = desks
    answer = opened(desk)
    assert reads(desk, answer) == {"desk": 1, DEFAULT: 0}
    publish(desk, DEFAULT, {"format": 1})
    assert reads(desk, opened(desk)) == {"desk": 1, DEFAULT: 1}
    noted = desk.writer.execute(answer.stream, AddNote(text="!"), request(desk))
    assert reads(desk, noted) == {}
    pended = desk.writer.execute(answer.stream, PendTicket(reason="asked"), request(desk))
    assert reads(desk, pended) == {"desk": 1}


def test_what_was_looked_for_in_vain_is_remembered_until_it_begins(
    desks: tuple[Desk, Desk],
) -> None:
    here, there = desks
    # With its first write a process begins anew with all that it has kept.
    opened(here)
    opened(here)
    kept = here.writer.streams.kept(DEFAULT)
    assert kept is not None
    assert kept.version == 0
    publish(there, DEFAULT, {"format": 1})
    publish(there, "desk", WEB)
    time.sleep(LOOK_SECONDS)
    # The first command decides on what was known; by its commit the process learns of the rest.
    assert opened(here).outcome == "done"
    assert here.writer.streams.load(DEFAULT).version == 1
    refused = opened(here)
    assert (refused.code, refused.facts["value"]) == ("code_unknown", "email")


def test_a_stream_of_another_kind_is_looked_for_each_time(desks: tuple[Desk, Desk]) -> None:
    desk, _ = desks
    desk.writer.streams.load("group/nowhere")
    assert desk.writer.streams.kept("group/nowhere") is None


def test_trying_a_command_out_records_nothing_and_tells_what_would_be(
    desks: tuple[Desk, Desk],
) -> None:
    desk, _ = desks
    admin = request(desk, configures=True)
    before = desk.ledger.progress()
    tried = desk.writer.try_out("desk", Publish(document=WEB), admin)
    assert (tried.outcome, tried.events) == ("done", ("Published",))
    stale = desk.writer.try_out("desk", Publish(document=WEB, replaces=7), admin)
    assert (stale.outcome, stale.code) == ("refused", "version_changed")
    with pytest.raises(InvalidInput, match=r"\$\.zone"):
        desk.writer.try_out("desk", Publish(document={"format": 2}), admin)
    assert desk.ledger.progress() == before
    assert desk.document().channels is None


def test_a_document_with_faults_binds_nothing_so_the_key_may_be_used_again(
    desks: tuple[Desk, Desk],
) -> None:
    desk, _ = desks
    again = replace(request(desk, configures=True), key="again")
    with pytest.raises(InvalidInput):
        desk.writer.execute("desk", Publish(document={"format": 2}), again)
    assert desk.writer.execute("desk", Publish(document=WEB), again).outcome == "done"
    assert desk.writer.execute("desk", Publish(document=WEB), again).repeated


def test_two_editors_at_once_publish_one_version_and_one_is_told(desks: tuple[Desk, Desk]) -> None:
    here, there = desks
    here.writer.streams.load("desk")
    there.writer.streams.load("desk")
    first = here.writer.execute(
        "desk", Publish(document=WEB, replaces=1), request(here, configures=True)
    )
    second = there.writer.execute(
        "desk", Publish(document=EMAIL, replaces=1), request(there, configures=True)
    )
    assert (first.outcome, second.code) == ("done", "version_changed")
    assert second.facts == {"replaces": 1, "published": 2}
