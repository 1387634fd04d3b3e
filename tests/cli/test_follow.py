"""Following: every event once, in order, without personal values, from any position on."""

import json
import select
import signal
from functools import partial
from typing import IO, Any

import pytest

from tests.cli.runs import Shell, made_desk
from tests.patience import PATIENCE_SECONDS, wait_until

MARKER = "a-marker-of-a-personal-value"


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A desk with a few tickets; their texts hold a marker."""
    shell = made_desk(tmp_path_factory.mktemp("follow") / "desk")
    for index in range(3):
        number = str(
            shell.json(
                *["ticket", "open", "--from", f"{MARKER}{index}@example.com", "--name", MARKER],
                *["--subject", MARKER, "--message", MARKER],
            )["number"]
        )
        shell.ok("ticket", "take", number)
        shell.ok("ticket", "fields", number, "--personal", f"room={MARKER}", "floor=3")
        shell.ok("ticket", "solve", number, "--resolution", "fixed", "--note", MARKER)
    return shell


def followed(shell: Shell, *arguments: str) -> list[dict[str, Any]]:
    out = shell.ok("follow", "--json", "--until-now", *arguments)
    return [json.loads(line) for line in out.splitlines()]


def place(event: dict[str, Any]) -> tuple[int, int]:
    return event["position"]["lane"], event["position"]["sequence"]


def test_every_event_comes_once_and_in_the_order_of_its_lane(busy: Shell) -> None:
    events = followed(busy)
    lanes = json.loads(busy.ok("checkpoint"))["lanes"]
    expected = {(one["lane"], n + 1) for one in lanes for n in range(one["sequence"])}
    assert len(events) == len(expected)
    assert {place(one) for one in events} == expected
    for lane in {place(one)[0] for one in events}:
        own = [place(one)[1] for one in events if place(one)[0] == lane]
        assert own == sorted(own)


def test_each_event_names_the_position_before(busy: Shell) -> None:
    for event in followed(busy):
        lane, sequence = place(event)
        before = {"lane": lane, "sequence": sequence - 1} if sequence > 1 else None
        assert event["previous"] == before


def test_no_personal_value_is_told(busy: Shell) -> None:
    for arguments in ([], ["--json"]):
        assert MARKER not in busy.ok("follow", "--until-now", *arguments)
    fields = [one for one in followed(busy) if one["type"] == "FieldsChanged"]
    assert fields[0]["data"]["personal_fields"] == {"room": None}
    assert fields[0]["data"]["fields"]["floor"]["after"] == "3"


def test_an_event_has_its_envelope(busy: Shell) -> None:
    event = next(one for one in followed(busy) if one["type"] == "TicketAssigned")
    assert event["stream"].startswith("ticket/")
    assert event["version"] == 3
    assert event["command"]["type"] == "TakeTicket"
    assert event["actor"]["kind"] == "agent"
    assert event["occurred_at"] == event["recorded_at"]
    assert event["source"]["surface"] == "cli"


def test_following_goes_on_behind_any_event(busy: Shell) -> None:
    everything = followed(busy)
    for event in everything:
        lane, sequence = place(event)
        rest = followed(busy, "--lane", str(lane), "--after", str(sequence))
        own = [one for one in everything if place(one)[0] == lane]
        assert rest == [one for one in own if place(one)[1] > sequence]


def test_several_lanes_go_on_where_each_was(busy: Shell) -> None:
    everything = followed(busy)
    half = {place(one)[0]: place(one)[1] for one in everything[: len(everything) // 2]}
    stated = [part for lane, last in half.items() for part in ("--after", f"{lane}:{last}")]
    rest = {place(one) for one in followed(busy, *stated)}
    handled = {(lane, n + 1) for lane, last in half.items() for n in range(last)}
    assert rest == {place(one) for one in everything} - handled


def test_without_a_desk_key_events_can_still_be_followed(busy: Shell) -> None:
    before = followed(busy)
    key = busy.directory / "desk.key"
    away = key.rename(busy.directory.parent / "desk.key")
    try:
        assert followed(busy) == before
    finally:
        away.rename(key)


def tells_of_an_opening(shell: Shell, told: IO[str]) -> bool:
    shell.ok("ticket", "open")
    return bool(select.select([told], [], [], 0.2)[0])


def test_new_events_come_as_they_are_recorded(busy: Shell) -> None:
    with busy.follow("--from-now") as follower:
        assert follower.stdout is not None
        # It follows from when it has started on, so tickets are opened until it tells of one.
        wait_until(partial(tells_of_an_opening, busy, follower.stdout))
        assert json.loads(follower.stdout.readline())["type"] == "TicketOpened"
        follower.send_signal(signal.SIGINT)
        follower.communicate(timeout=PATIENCE_SECONDS)
    assert follower.returncode == 0


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_to_be_stopped_is_no_error(busy: Shell, asked: signal.Signals) -> None:
    with busy.follow() as follower:
        assert follower.stdout is not None
        assert follower.stderr is not None
        lines = [follower.stdout.readline()]
        follower.send_signal(asked)
        # Not by `communicate`, which forgets what `readline` has read ahead.
        lines += follower.stdout.read().splitlines()
        assert (follower.wait(PATIENCE_SECONDS), follower.stderr.read()) == (0, "")
    assert all(json.loads(line) for line in lines)


def test_a_reader_that_goes_away_ends_it_quietly(busy: Shell) -> None:
    with busy.follow() as follower:
        assert follower.stdout is not None
        assert follower.stderr is not None
        assert follower.stdout.readline()
        follower.stdout.close()
        assert follower.wait(PATIENCE_SECONDS) == 0
        assert follower.stderr.read() == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--lane", "12"], "from 0 to 11"),
        (["--after", "3"], "LANE:SEQUENCE"),
        (["--after", "x:y"], "LANE:SEQUENCE"),
        (["--after", "99:1"], "no lane 99"),
        (["--lane", "0", "--after", "1000"], "has no event 1000"),
        (["--lane", "0", "--after", "-1"], "no event -1"),
    ],
)
def test_a_position_that_cannot_be_is_bad_input(
    shell: Shell, arguments: list[str], told: str
) -> None:
    assert told in shell.fails(2, "follow", "--until-now", *arguments)
