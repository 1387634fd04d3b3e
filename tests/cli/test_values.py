"""What people write on the command line, and what is wrong with it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from deskledger.app.cli import values
from deskledger.domain.errors import InvalidInput

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-11-22T10:00", 2),
        ("2026-11-22 10:00", 2),
        ("2026-11-22T10:00Z", 10),
        ("2026-11-22T10:00+02:00", 8),
        ("2026-11-22T08", 0),
    ],
)
def test_a_time_without_a_zone_is_the_desks(text: str, hour: int) -> None:
    assert values.instant(text, SHANGHAI) == datetime(2026, 11, 22, hour, tzinfo=UTC)


def test_a_date_is_the_midnight_at_which_it_begins() -> None:
    assert values.instant("2026-11-22", SHANGHAI) == datetime(2026, 11, 21, 16, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "22.11.2026", "2026-11-22T25:00"])
def test_what_is_no_time_is_told_with_examples(text: str) -> None:
    with pytest.raises(InvalidInput, match="2026-11-22T10:30"):
        values.instant(text, SHANGHAI)


def test_fields_are_texts_or_json() -> None:
    stated = ["a=1", "b:=1", "c=", "d=x=y", "e:=null"]
    assert values.fields(stated) == {"a": "1", "b": 1, "c": "", "d": "x=y", "e": None}
    assert values.fields(["c="], clear=True) == {"c": None}
    assert values.fields(None) is None


@pytest.mark.parametrize("stated", ["secret", "=secret", "name:=secret"])
def test_a_bad_field_is_not_repeated_as_it_may_be_personal(stated: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        values.fields([stated])
    assert "secret" not in str(refused.value)


def test_a_reference_may_have_slashes_in_its_id() -> None:
    assert values.references(["shop/order/a/b"]) == (
        {"system": "shop", "kind": "order", "id": "a/b"},
    )
    with pytest.raises(InvalidInput, match="system/kind/id"):
        values.references(["order/7"])
