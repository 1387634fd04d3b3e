"""Commands in a batch are answered as one by one."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.app.desk import Desk
from deskledger.domain.commands import Command
from deskledger.domain.ticket.commands import (
    HoldTicket,
    PendTicket,
    ResumeTicket,
    SolveTicket,
)
from deskledger.domain.ticket.contact_commands import AddNote, SendReply
from deskledger.eventlog.writing.requests import Answer, Request
from deskledger.eventlog.writing.writer import Task
from tests.eventlog.written import opened, same_answer

COMMANDS: list[Command] = [
    SendReply(text="hello"),
    AddNote(text="note"),
    PendTicket(reason="customer"),
    HoldTicket(reason="parts"),
    ResumeTicket(),
    SolveTicket(resolution="fixed"),
]


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(COMMANDS)), max_size=12),
    cut=st.integers(0, 12),
)
def test_a_batch_answers_as_the_same_commands_one_by_one(
    desk: Desk, agent: Request, steps: list[tuple[int, Command]], cut: int
) -> None:
    batched = [opened(desk, agent) for _ in range(3)]
    single = [opened(desk, agent) for _ in range(3)]
    answers = [
        answer
        for part in (steps[:cut], steps[cut:])
        for answer in desk.writer.execute_many(Task(batched[i], c, agent) for i, c in part)
    ]
    expected = [desk.writer.execute(single[i], command, agent) for i, command in steps]

    def told(answer: Answer) -> tuple[object, ...]:
        return answer.outcome, answer.version, answer.events, answer.code

    assert list(map(told, answers)) == list(map(told, expected))
    for left, right in zip(batched, single, strict=True):
        assert desk.writer.streams.load(left).version == desk.writer.streams.read(left).version
        assert desk.writer.streams.read(left).version == desk.writer.streams.read(right).version


def test_a_key_that_stands_twice_in_a_batch_is_executed_once(desk: Desk, agent: Request) -> None:
    ticket = opened(desk, agent)
    task = Task(ticket, AddNote(text="twice"), replace(agent, key="twice"))
    first, second = desk.writer.execute_many([task, task])
    assert same_answer(first, second)
    assert len(desk.ledger.history(ticket)) == 2


def test_a_batch_repeats_answers_of_streams_that_are_not_kept_in_memory(
    desk: Desk, agent: Request
) -> None:
    tickets = [opened(desk, agent) for _ in range(3)]
    tasks = [
        Task(ticket, AddNote(text="again"), replace(agent, key=f"again {index}"))
        for index, ticket in enumerate(tickets)
    ]
    first = desk.writer.execute_many(tasks[:2])
    with Desk.open(desk.directory) as other:
        again = other.writer.execute_many(tasks)
        assert other.writer.streams.kept(tickets[0]) is None
    assert [same_answer(*pair) for pair in zip(first, again, strict=False)] == [True, True]
    assert (again[2].outcome, again[2].version, again[2].repeated) == ("done", 2, False)
