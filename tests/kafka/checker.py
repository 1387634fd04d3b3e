"""Did a desk keep its promises? A history of what clients were told, judged against the log.

A command that was acknowledged stands in the log exactly once, where its answer said. One whose
outcome is unknown stands there once or never, and it stays so. One that was refused without a
record, that met conflicts only or was unavailable stands nowhere. All replicas are the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.kafka.findings import Fault, Finding
from tests.kafka.history import Attempt, Outcome
from tests.kafka.log_checks import Commit, Lanes, Topic, check_log, commits


class Evidence(NamedTuple):
    """All that is judged.

    Attributes:
        desk: the desk's id.
        attempts: what clients asked for and were told.
        topic: the log itself.
        replicas: by name, each with all records of all lanes, caught up with the log.
        earlier: by name, what replicas held at some time before.
        foreign: ids of commands that fitted, from others than the clients.
    """

    desk: str
    attempts: Sequence[Attempt]
    topic: Topic
    replicas: Mapping[str, Lanes]
    earlier: Mapping[str, Lanes] = {}
    foreign: frozenset[str] = frozenset()


def check(evidence: Evidence) -> list[Finding]:
    """Everything that is wrong, nothing when all promises were kept."""
    (first, lanes), *others = evidence.replicas.items()
    found = check_log(lanes, evidence.topic, evidence.desk)
    for name, other in others:
        found += differing(lanes, other, Fault.SPLIT, f"{first} and {name}", whole=True)
    for name, other in evidence.earlier.items():
        found += differing(lanes, other, Fault.CHANGED, name, whole=False)
    placed = list(commits(lanes))
    found += check_attempts(evidence.attempts, placed)
    asked = {attempt.command for attempt in evidence.attempts} | evidence.foreign
    found += (
        Finding(Fault.UNASKED, f"{commit.stream} {commit.version}, command {commit.command}")
        for commit in placed
        if commit.verdict == "effective" and commit.command not in asked
    )
    return found


def differing(
    lanes: Lanes, other: Lanes, fault: Fault, place: str, *, whole: bool
) -> Iterator[Finding]:
    """Where another replica is not the same, or holds what is not in this one's beginning."""
    for lane, (records, others) in enumerate(zip(lanes, other, strict=True)):
        same = next(
            (n for n, (a, b) in enumerate(zip(records, others, strict=False)) if a != b), -1
        )
        if same >= 0:
            yield Finding(fault, f"{place}: lane {lane}, record {same + 1}")
        elif len(others) > len(records) or (whole and len(others) < len(records)):
            yield Finding(fault, f"{place}: lane {lane}, {len(records)} and {len(others)} records")


def check_attempts(attempts: Sequence[Attempt], placed: Iterable[Commit]) -> Iterator[Finding]:
    """What each command's clients were told, against where it stands."""
    by_command: dict[str, list[Commit]] = defaultdict(list)
    for commit in placed:
        by_command[commit.command].append(commit)
    told: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        told[attempt.command].append(attempt)
    for command, answers in told.items():
        place = f"{answers[0].stream}, command {command}"
        faults = check_command(answers, by_command[command])
        yield from (Finding(fault, place) for fault in dict.fromkeys(faults))
    yield from overtaken(attempts)


def check_command(answers: Sequence[Attempt], placed: Sequence[Commit]) -> Iterator[Fault]:
    """One command: all that its clients were told, and every record that carries it."""
    effective = [commit for commit in placed if commit.verdict == "effective"]
    recorded = [answer for answer in answers if is_recorded(answer)]
    if len({(answer.outcome, answer.version, answer.position) for answer in recorded}) > 1:
        yield Fault.TWO_ANSWERS
    if len(effective) > 1:
        yield Fault.DOUBLED
    if not recorded and all(answer.outcome is not Outcome.UNKNOWN for answer in answers):
        if effective:
            yield Fault.RISEN
        return
    for answer in recorded:
        if not effective:
            yield Fault.VOID if placed else Fault.LOST
        elif not any(stands(answer, commit) for commit in effective):
            yield Fault.MOVED


def is_recorded(answer: Attempt) -> bool:
    """Whether the client was told that its command is in the log."""
    return answer.outcome is Outcome.DONE or answer.position is not None


def stands(answer: Attempt, commit: Commit) -> bool:
    """Whether a commit is where an answer said."""
    place = (commit.stream, commit.last_version, (commit.lane, commit.sequence))
    return place == (answer.stream, answer.version, answer.position)


def overtaken(attempts: Iterable[Attempt]) -> Iterator[Finding]:
    """Commands that stand before one that had been answered when they were asked for."""
    told: dict[tuple[str, str], list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        told[attempt.stream, attempt.command].append(attempt)
    latest: dict[str, float] = {}
    for version, (stream, command), answers in sorted(spans(told), key=lambda span: span[0]):
        began, ended = answers
        if ended < latest.get(stream, float("-inf")):
            yield Finding(Fault.OVERTAKEN, f"{stream} {version}, command {command}")
        latest[stream] = max(began, latest.get(stream, began))


def spans(
    told: Mapping[tuple[str, str], Sequence[Attempt]],
) -> Iterator[tuple[int, tuple[str, str], tuple[float, float]]]:
    """Version of each recorded command, and the time in which it must have been recorded.

    Any of its attempts may have recorded it, so it begins with the first and ends with the first
    answer.
    """
    for name, answers in told.items():
        recorded = [answer for answer in answers if answer.version is not None]
        if recorded:
            began = min(answer.began for answer in answers)
            ended = min(answer.ended or float("inf") for answer in recorded)
            yield recorded[0].version or 0, name, (began, ended)
