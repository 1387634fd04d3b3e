"""The writer: first answers, batches, refusals on record, and races on one stream."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from deskledger.app.desk import Desk, NewDesk
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.errors import InvalidInput
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import (
    AssignTicket,
    OpenTicket,
    ResumeTicket,
    SolveTicket,
)
from deskledger.domain.ticket.contact_commands import AddNote, ReceiveMessage, SendReply
from deskledger.domain.ticket.together import Together
from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.writing.requests import Answer, Request
from tests.eventlog.test_writer_batches import COMMANDS
from tests.eventlog.written import opened, same_answer


def test_a_repeated_key_gives_the_first_answer_and_changes_nothing(
    desk: Desk, agent: Request
) -> None:
    request = replace(agent, key="open-once")
    command = Together(
        parts=(OpenTicket(channel="email", subject="Drill is broken"), ReceiveMessage(text="Help"))
    )
    first = desk.writer.execute(None, command, request)
    desk.writer.execute(first.stream, SendReply(text="We look"), agent)
    before = desk.ledger.progress()

    again = desk.writer.execute(None, command, request)

    assert same_answer(first, again)
    assert first.events == ("TicketOpened", "CustomerMessageReceived")
    assert desk.ledger.progress() == before


def test_a_refusal_is_recorded_and_is_the_first_answer_for_ever(desk: Desk, agent: Request) -> None:
    ticket = opened(desk, agent)
    request = replace(agent, key="solve-too-early")
    refused = desk.writer.execute(ticket, SolveTicket(), request)
    desk.writer.execute(ticket, SolveTicket(resolution="fixed"), agent)

    again = desk.writer.execute(ticket, SolveTicket(), request)

    assert refused.outcome == "refused"
    assert refused.code == "resolution_required"
    assert same_answer(refused, again)
    last = read_commit(desk.ledger.history(ticket)[1].value)
    assert [event["type"] for event in last.events] == ["CommandAnswered"]


def test_nothing_to_do_is_recorded_for_people_but_not_for_the_desks_own_processes(
    desk: Desk, agent: Request
) -> None:
    ticket = opened(desk, agent, status="open")
    before = desk.ledger.progress()
    process = Request(Actor(kind="system", id="waker"), "process", "waker")
    assert desk.writer.execute(ticket, ResumeTicket(), process).outcome == "nothing"
    assert desk.ledger.progress() == before

    assert desk.writer.execute(ticket, ResumeTicket(), agent).outcome == "nothing"
    assert desk.ledger.progress() != before


def test_the_same_key_with_another_content_is_refused_and_appends_nothing(
    desk: Desk, agent: Request
) -> None:
    ticket = opened(desk, agent)
    request = replace(agent, key="note-once")
    desk.writer.execute(ticket, AddNote(text="one"), request)
    before = desk.ledger.progress()

    answer = desk.writer.execute(ticket, AddNote(text="two"), request)

    assert (answer.outcome, answer.code) == ("refused", "key_reused")
    assert desk.ledger.progress() == before


def test_a_refused_opening_records_nothing_and_binds_nothing(desk: Desk, agent: Request) -> None:
    before = desk.ledger.progress()
    request = replace(agent, key="opening")
    unknown = OpenTicket(channel="email", group="nobody-knows")
    assert desk.writer.execute(None, unknown, request).outcome == "refused"
    assert desk.ledger.progress() == before

    assert desk.writer.execute(None, OpenTicket(channel="email"), request).outcome == "done"


def test_a_command_on_a_stream_that_does_not_exist_is_refused(desk: Desk, agent: Request) -> None:
    answer = desk.writer.execute(
        "ticket/00000000-0000-8000-8000-000000000000", AddNote(text="x"), agent
    )
    assert (answer.outcome, answer.code, answer.version) == ("refused", "stream_unknown", 0)


def test_an_unknown_noun_is_bad_input(desk: Desk, agent: Request) -> None:
    with pytest.raises(InvalidInput):
        desk.writer.execute("invoice/1", AddNote(text="x"), agent)


def test_a_commit_beyond_the_limit_is_refused_and_its_key_stays_free(
    desk: Desk, agent: Request
) -> None:
    ticket = opened(desk, agent)
    request = replace(agent, key="long")
    notes = tuple(AddNote(text="汉" * 60_000) for _ in range(4))
    before = desk.ledger.progress()

    assert desk.writer.execute(ticket, Together(parts=notes), request).code == "too_long"
    assert desk.ledger.progress() == before
    assert desk.writer.execute(ticket, Together(parts=notes[:1]), request).outcome == "done"


def test_commits_name_what_was_read(desk: Desk, agent: Request) -> None:
    ticket = opened(desk, agent)
    desk.writer.execute(ticket, AssignTicket(agent=agent.actor.id), agent)
    commit = read_commit(desk.ledger.history(ticket)[-1].value)
    assert commit.envelope.reads == {f"agent/{agent.actor.id}": 1, POLICY_STREAM: 0}


def test_what_is_kept_in_memory_is_what_the_ledger_folds_to(desk: Desk, agent: Request) -> None:
    ticket = opened(desk, agent, subject="Noise from the pump", tags=("pump",))
    for command in COMMANDS:
        desk.writer.execute(ticket, command, agent)
    kept, read = desk.writer.streams.load(ticket), desk.writer.streams.read(ticket)
    assert (kept.state, kept.version, kept.hash) == (read.state, read.version, read.hash)
    assert kept.commands == read.commands


def test_two_writers_race_on_one_ticket_and_every_command_is_there_once(
    desk: Desk, agent: Request
) -> None:
    ticket = opened(desk, agent)
    with Desk.open(desk.directory) as other:
        answers: list[Answer] = []

        def write(by: Desk, name: str) -> None:
            for count in range(30):
                request = replace(agent, key=f"{name}-{count}")
                answers.append(by.writer.execute(ticket, AddNote(text=f"{name} {count}"), request))

        threads = [
            threading.Thread(target=write, args=(by, name))
            for by, name in ((desk, "a"), (other, "b"), (desk, "c"), (other, "d"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        commits = [read_commit(record.value) for record in other.ledger.history(ticket)]

    assert {answer.outcome for answer in answers} == {"done"}
    assert sorted(answer.version for answer in answers) == list(range(2, 122))
    assert [commit.version for commit in commits] == list(range(1, 122))
    assert len({commit.envelope.command_id for commit in commits}) == 121


def test_a_desk_directory_is_whole_or_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        Desk.create(tmp_path / "desk", NewDesk(zone="Nowhere/City"))
    assert list(tmp_path.iterdir()) == []
