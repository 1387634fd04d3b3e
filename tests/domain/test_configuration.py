"""Configuration is published in versions that never change, whoever edits it and whenever."""

from __future__ import annotations

from decimal import Decimal as Number
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskledger.domain.configuration.commands import Publish, Withdraw
from deskledger.domain.configuration.desk_document import DeskDocument
from deskledger.domain.configuration.documents import DESK, NewerDocument
from deskledger.domain.configuration.events import Published, Scope, Withdrawn
from deskledger.domain.configuration.state import drawn
from deskledger.domain.errors import CommandRefused, InvalidInput
from tests.domain.configured import FIRST, UTC, published, refund
from tests.domain.stories import AS_RULE, AS_SERVICE, NOON, Story, minutes

SHANGHAI = {"format": 2, "zone": "Asia/Shanghai", "locales": ["zh", "en"]}


def desk(*documents: dict[str, Any]) -> Story:
    story = Story(stream="desk").configuring()
    return story.when(*(Publish(document=document) for document in documents))


def test_documents_are_published_in_versions_that_stay() -> None:
    story = desk(SHANGHAI)
    (second,) = story.then(Publish(document=UTC, note="Moved"), Published)
    assert (second.version, second.scope, second.note) == (2, None, "Moved")
    told = story.when(Publish(document=UTC))
    assert [one.document.zone for one in told.state.versions] == ["Asia/Shanghai", "UTC"]
    assert told.state.latest.number == 2


def test_what_is_stored_says_everything_so_that_no_later_default_changes_it() -> None:
    (published,) = desk().then(Publish(document=UTC), Published)
    # Members that came later are left out where there is nothing to say.
    added = {"calendar", "stuck_after"}
    assert set(published.document) == set(DeskDocument.model_fields) - added
    assert DESK.read(published.document) == DESK.checked(UTC)


def test_publishing_what_is_in_force_is_nothing_to_do() -> None:
    story = desk(SHANGHAI, UTC)
    story.then_nothing(Publish(document={**UTC, "locales": ["en"], "country": None}))
    story.when(Withdraw(version=2)).then(Publish(document=UTC), Published)


def test_of_two_editors_the_second_is_told_that_the_first_has_published() -> None:
    story = desk(SHANGHAI)
    third = {**UTC, "country": "CN"}
    one, two = (Publish(document=UTC, replaces=1), Publish(document=third, replaces=1))
    facts = {"replaces": 1, "published": 2}
    story.when(one).then_refused(two, "version_changed", **facts)
    story.when(one).then(Publish(document=third, replaces=2), Published)
    Story(stream="desk").configuring().then(Publish(document=UTC, replaces=0), Published)


def test_a_document_of_format_1_is_read_for_ever() -> None:
    stored = Published(occurred_at=NOON, by=None, version=1, document=FIRST, scope=None, note=None)
    document = desk().told(stored).state.latest.document
    assert (document.zone, document.country, document.extra) == ("UTC", "CN", {"demo": {"seed": 7}})
    assert all(codes is None for codes in document.codes.values())


def test_a_document_of_a_newer_format_asks_for_newer_software() -> None:
    newer = {"format": 99, "zone": "UTC"}
    stored = Published(occurred_at=NOON, by=None, version=1, document=newer, scope=None, note=None)
    with pytest.raises(NewerDocument, match="update the software"):
        desk().told(stored)


def test_a_withdrawn_version_is_out_of_force_and_still_known() -> None:
    story = desk(SHANGHAI, UTC)
    (gone,) = story.then(Withdraw(version=2), Withdrawn)
    told = story.told(gone)
    assert told.state.latest.document.zone == "Asia/Shanghai"
    assert told.state.numbered(2).document.zone == "UTC"
    assert told.state.numbered(2).withdrawn
    told.then_nothing(Withdraw(version=2))
    (third,) = told.then(Publish(document={**UTC, "country": "DE"}), Published)
    assert third.version == 3


def test_nothing_is_withdrawn_that_is_not_there_or_that_the_desk_needs() -> None:
    desk(SHANGHAI).then_refused(Withdraw(version=2), "version_unknown", published=1)
    desk(SHANGHAI).then_refused(Withdraw(version=1), "last_version", version=1)
    Story(stream="desk").configuring().then_refused(Withdraw(version=1), "stream_unknown")
    only = Story(stream="ticket-type/refund").configuring().when(Publish(document=refund()))
    assert only.when(Withdraw(version=1)).state.latest is None


@pytest.mark.parametrize("actor", [AS_RULE, AS_SERVICE])
def test_who_has_not_the_right_to_configure_publishes_and_withdraws_nothing(actor: Any) -> None:
    story = Story(stream="desk").by(actor)
    story.then_refused(Publish(document=UTC), "not_permitted", needs="admin")
    told = story.told(*desk().decide(Publish(document=UTC)))
    told.then_refused(Withdraw(version=1), "not_permitted", needs="admin")


def test_only_a_kind_that_says_so_is_published_for_some() -> None:
    some = Scope(groups=("first-line",), share="0.5")
    with pytest.raises(InvalidInput, match="for everybody"):
        desk().decide(Publish(document=UTC, scope=some))
    story = published("ticket-type/refund", refund())
    state = story.when(Publish(document=refund(group="first-line"), scope=some)).state
    drawn = [state.in_force(NOON, "first-line", f"ticket-{n}").number for n in range(1_000)]
    assert 400 < drawn.count(2) < 600
    assert state.in_force(NOON, "sales", "ticket-1").number == 1
    assert state.latest.number == 1


def test_what_was_in_force_at_an_instant_is_known_whatever_came_later() -> None:
    story = published("ticket-type/refund", refund()).after(10)
    story = story.when(Publish(document=refund(group="first-line")))
    state = story.after(10).when(Withdraw(version=2)).state
    at = [state.in_force(NOON + minutes(n), None, "t") for n in (-1, 0, 10, 19, 20)]
    assert [one and one.number for one in at] == [None, 1, 2, 2, 1]


CHANGES = st.lists(
    st.one_of(
        st.builds(
            lambda group, share: Publish(
                document=refund(group=group),
                scope=None if share is None else Scope(groups=None, share=share),
            ),
            st.sampled_from(["first-line", None]),
            st.sampled_from([None, "0.25", "0.75"]),
        ),
        st.builds(Withdraw, version=st.integers(1, 6)),
    ),
    max_size=12,
)


@given(changes=CHANGES)
def test_versions_are_numbered_without_gaps_never_change_and_the_newest_left_is_in_force(
    changes: list[Publish | Withdraw],
) -> None:
    story = published("ticket-type/refund")
    documents: list[Any] = []
    withdrawn: set[int] = set()
    for command in changes:
        try:
            events = story.after(1).decide(command)
        except CommandRefused:
            continue
        story = story.after(1).told(*events)
        for event in events:
            if isinstance(event, Published):
                documents.append((event.document, event.scope))
                assert event.version == len(documents)
            else:
                withdrawn.add(event.version)
    if story.state is None:
        return
    versions = story.state.versions
    assert [(one.document.written(), one.scope) for one in versions] == documents
    assert {one.number for one in versions if one.withdrawn} == withdrawn
    left = [one for one in versions if not one.withdrawn]
    for key in ("a", "b", "c"):
        admitted = [
            one for one in left if one.scope is None or drawn(key) < Number(one.scope.share)
        ]
        expected = admitted[-1] if admitted else None
        assert story.state.in_force(story.after(1).now, None, key) == expected
    plain = [one for one in left if one.scope is None]
    assert story.state.latest == (plain[-1] if plain else None)
