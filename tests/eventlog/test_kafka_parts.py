"""The parts of a ledger on Kafka that need no broker to be right or wrong."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.errors import ForeignFile, NewerVersion, Unavailable
from deskledger.eventlog.kafka.broker_clock import BrokerClock
from deskledger.eventlog.kafka.location import FILE_NAME, Location
from deskledger.eventlog.kafka.read_back import ReadBack
from deskledger.eventlog.kafka.settings import KafkaSettings, Security, client_options
from tests.eventlog.test_replica import LOCATION


def test_what_secures_a_connection_is_passed_through_to_every_client() -> None:
    security = Security(
        protocol="SASL_SSL",
        ca_file=Path("ca.pem"),
        certificate_file=Path("own.pem"),
        key_file=Path("own.key"),
        key_password="k-secret",  # noqa: S106 - invented
        mechanism="SCRAM-SHA-256",
        username="desk",
        password="p-secret",  # noqa: S106 - invented
    )
    options = client_options(KafkaSettings(("a:1", "b:2"), security))
    assert options["bootstrap_servers"] == ["a:1", "b:2"]
    assert options["security_protocol"] == "SASL_SSL"
    assert (options["ssl_cafile"], options["ssl_certfile"]) == ("ca.pem", "own.pem")
    assert (options["ssl_keyfile"], options["ssl_password"]) == ("own.key", "k-secret")
    assert options["sasl_mechanism"] == "SCRAM-SHA-256"
    assert options["sasl_plain_username"] == "desk"
    assert options["sasl_plain_password"] == "p-secret"  # noqa: S105 - invented
    assert "secret" not in repr(KafkaSettings((), security))


def test_a_plain_connection_states_no_login() -> None:
    options = client_options(KafkaSettings(("a:1",)))
    assert not [name for name in options if name.startswith(("sasl", "ssl"))]


def test_a_location_is_read_as_it_was_written(tmp_path: Path) -> None:
    LOCATION.write(tmp_path)
    assert Location.read(tmp_path) == LOCATION
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", ForeignFile),
        ("{}", ForeignFile),
        ('{"format":1,"password":"x"}', ForeignFile),
        ('{"format":2,"desk":"x"}', NewerVersion),
    ],
)
def test_a_file_of_another_form_states_no_location(
    tmp_path: Path, text: str, error: type[Exception]
) -> None:
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(error):
        Location.read(tmp_path)


def test_a_directory_without_the_file_is_no_desk_on_kafka(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no desk on Kafka"):
        Location.read(tmp_path)


@pytest.mark.parametrize(("off", "is_right"), [(0, True), (29, True), (-29, True), (40, False)])
def test_a_clock_is_compared_with_the_time_that_a_broker_gave(off: int, *, is_right: bool) -> None:
    def wrong() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=off)

    clock = BrokerClock(wrong)
    known_before = clock.is_known
    now = time.monotonic()
    clock.note(int(time.time() * 1000), now - 0.01, now)
    assert (known_before, clock.is_known) == (False, True)
    if is_right:
        clock.check(30.0)
    else:
        with pytest.raises(Unavailable, match="ahead of the brokers'"):
            clock.check(30.0)


def test_a_clock_that_is_set_after_it_was_compared_is_noticed() -> None:
    off = timedelta()
    clock = BrokerClock(lambda: datetime.now(UTC) + off)
    now = time.monotonic()
    clock.note(int(time.time() * 1000), now, now)
    clock.check(30.0)
    off = timedelta(hours=-1)
    with pytest.raises(Unavailable, match="behind the brokers'"):
        clock.check(30.0)


def test_each_of_equal_records_is_settled_once_in_order() -> None:
    read_back: ReadBack[int] = ReadBack()
    first = read_back.expect([b"a", b"a"], 1.0)
    second = read_back.expect([b"a"], 1.0)
    for result in (1, 2, 3):
        read_back.settle(b"a", result)
    assert (first.wait(), second.wait()) == ([1, 2], [3])
    assert not read_back


def test_a_record_that_does_not_come_in_time_is_waited_for_no_longer() -> None:
    read_back: ReadBack[int] = ReadBack()
    awaited = read_back.expect([b"a"], 0.0)
    assert awaited.wait() is None
    read_back.forget([b"a"], awaited)
    assert b"a" not in read_back
    read_back.settle(b"a", 1)


def test_a_refused_hand_over_is_told_to_its_caller() -> None:
    awaited = ReadBack[int]().expect([b"a"], 10.0)
    awaited.refuse(Unavailable("no brokers"))
    with pytest.raises(Unavailable, match="no brokers"):
        awaited.wait()


def test_a_doubted_record_may_still_come() -> None:
    read_back: ReadBack[int] = ReadBack()
    awaited = read_back.expect([b"a"], 60.0)
    awaited.doubt("a send failed")
    read_back.settle(b"a", 1)
    assert awaited.wait() == [1]
