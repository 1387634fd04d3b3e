"""Answers: what the events of a commit say to the caller of its command."""

from collections.abc import Mapping, Sequence
from typing import Any

from deskledger.domain.events import CommandAnswered
from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.records import StoredRecord
from deskledger.eventlog.writing.requests import Answer

_ANSWERED = CommandAnswered.__name__

JsonObject = Mapping[str, Any]


def answer_of(
    stream: str,
    number: int | None,
    version: int,
    events: Sequence[JsonObject],
) -> Answer:
    """The answer that events give; `version` is the stream's after the last of them."""
    first = events[0]
    if first["type"] == _ANSWERED:
        outcome, code, facts = first["outcome"], first["code"], first["facts"]
        return Answer(outcome, stream, number, version, code, facts)
    types = tuple(event["type"] for event in events)
    return Answer("done", stream, number, version, None, {}, types)


def first_answer(decided: StoredRecord, digest: str) -> Answer:
    """The answer that a command got when it was decided.

    Args:
        decided: the commit that carries the command's id.
        digest: of what is asked now; with another one, the id stands for another command.
    """
    commit = read_commit(decided.value)
    version = commit.version + len(commit.events) - 1
    if commit.envelope.digest != digest:
        return refused(decided.stream, decided.number, version, "key_reused")
    answer = answer_of(decided.stream, decided.number, version, commit.events)
    return answer._replace(position=(decided.lane, decided.sequence), repeated=True)


def refused(stream: str, number: int | None, version: int, code: str) -> Answer:
    """A refusal that is not recorded: it says nothing about what the command asks for."""
    return Answer("refused", stream, number, version, code, {})
