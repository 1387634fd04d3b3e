"""Both tickets of a tie know of it, a survivor of what it absorbed, a parent of its children."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.commands import (
    CloseTicket,
    ReopenTicket,
)
from deskledger.domain.ticket.contact_commands import ReceiveMessage
from deskledger.domain.ticket.events import Origin
from deskledger.domain.ticket.merging import survivor
from deskledger.domain.ticket.relation_commands import (
    LinkTicket,
    MergeTicket,
    MirrorLinks,
    UnlinkTicket,
)
from deskledger.domain.ticket.relations import OPPOSITE, Link, links_at
from deskledger.domain.ticket.status import Status
from deskledger.eventlog.commit import read_commit
from deskledger.eventlog.writing.requests import Request
from tests.processes.build import Place, new_place
from tests.processes.ties import LINKER, SOLVE, child_of, done, opened, run

LINKABLE = [one for one in OPPOSITE if one not in {"parent", "child"}]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with new_place(tmp_path / "desk") as made:
        yield made


def links(place: Place, ticket: str) -> set[tuple[str, str]]:
    return {link.name for link in links_at(place.state(f"ticket/{ticket}").links)}


def link(place: Place, ticket: str, relation: str) -> Link:
    (found,) = [
        one for one in links_at(place.state(f"ticket/{ticket}").links) if one.relation == relation
    ]
    return found


@pytest.mark.parametrize("relation", LINKABLE)
def test_a_link_made_by_hand_stands_on_the_other_side_too(place: Place, relation: Any) -> None:
    one, other = opened(place), opened(place)
    done(place, one, LinkTicket(ticket=other, relation=relation))
    run(place)
    assert links(place, one) == {(relation, other)}
    assert links(place, other) == {(OPPOSITE[relation], one)}
    done(place, other, UnlinkTicket(ticket=one))
    run(place)
    assert links(place, one) == links(place, other) == set()


def test_what_a_ticket_is_about_needs_to_know_nothing_of_it(place: Place) -> None:
    one, other = opened(place), opened(place, kind="feedback")
    done(place, other, LinkTicket(ticket=one, relation="about"))
    run(place)
    assert (links(place, one), links(place, other)) == (set(), {("about", one)})


@pytest.mark.parametrize(
    ("relation", "told"), [("follow_up_of", "followed_by"), ("split_from", "split_into")]
)
def test_a_ticket_from_another_is_known_to_that_one(place: Place, relation: str, told: str) -> None:
    first = opened(place)
    done(place, first, CloseTicket(reason="withdrawn"))
    second = opened(place, origin=Origin(relation=relation, ticket=first, interaction=None))
    run(place)
    assert links(place, second) == {(relation, first)}
    assert links(place, first) == {(told, second)}


def test_a_survivor_knows_what_it_absorbed_and_since_when_its_customer_waits(
    place: Place,
) -> None:
    older, younger = opened(place), opened(place)
    done(place, younger, ReceiveMessage(text="Hello?"))
    asked_at = place.clock.now
    done(place, younger, ReceiveMessage(text="Anybody?"))
    done(place, younger, MergeTicket(ticket=older))
    run(place)
    assert links(place, older) == {("absorbed", younger)}
    assert link(place, older, "absorbed").unanswered_since == asked_at
    assert links(place, younger) == set()


def test_a_chain_of_ten_merges_leads_to_the_oldest(place: Place) -> None:
    tickets = [opened(place) for _ in range(11)]
    done(place, tickets[-1], ReceiveMessage(text="Hello?"))
    asked_at = place.clock.now
    for index in range(10, 0, -1):
        done(place, tickets[index], MergeTicket(ticket=tickets[index - 1]))
        run(place)

    def state_of(ticket: str) -> Any:
        return place.state(f"ticket/{ticket}")

    assert {survivor(ticket, state_of) for ticket in tickets} == {tickets[0]}
    assert link(place, tickets[0], "absorbed").unanswered_since == asked_at


def test_a_parent_waits_for_its_child_and_no_longer_once_that_is_settled(place: Place) -> None:
    parent = opened(place)
    child = child_of(place, parent)
    run(place)
    assert place.state(f"ticket/{child}").kind == "task"
    assert link(place, parent, "child").blocking
    assert place.ask(f"ticket/{parent}", SOLVE).code == "blocked_by_ticket"
    done(place, child, SOLVE)
    run(place)
    assert not link(place, parent, "child").blocking
    done(place, child, ReopenTicket(reason="mistake"))
    run(place)
    assert place.ask(f"ticket/{parent}", SOLVE).code == "blocked_by_ticket"
    done(place, child, CloseTicket(reason="withdrawn"))
    done(place, parent, SOLVE)


def test_a_parent_that_was_solved_before_it_heard_of_a_child_waits_for_it_from_then_on(
    place: Place,
) -> None:
    """It stays solved: nobody reopens what an agent has solved. Both sides agree all the same."""
    parent = opened(place)
    child = child_of(place, parent)
    done(place, parent, SOLVE)
    run(place)
    assert place.state(f"ticket/{parent}").status.present is Status.SOLVED
    assert link(place, parent, "child") == Link(relation="child", ticket=child, blocking=True)
    done(place, parent, ReopenTicket(reason="mistake"))
    place.clock.pass_by(1)
    assert place.ask(f"ticket/{parent}", SOLVE).code == "blocked_by_ticket"
    done(place, child, SOLVE)
    done(place, parent, SOLVE)


def test_a_child_that_was_merged_away_blocks_no_longer(place: Place) -> None:
    other, parent = opened(place), opened(place)
    child = child_of(place, parent)
    run(place)
    done(place, child, MergeTicket(ticket=other))
    run(place)
    assert not link(place, parent, "child").blocking
    done(place, parent, SOLVE)


def test_a_child_is_let_go_by_its_parent(place: Place) -> None:
    parent = opened(place)
    child = child_of(place, parent)
    run(place)
    done(place, parent, UnlinkTicket(ticket=child, relation="child"))
    run(place)
    assert links(place, child) == links(place, parent) == set()
    done(place, parent, SOLVE)


def test_the_other_side_names_the_process_and_the_event_that_caused_it(place: Place) -> None:
    one, other = opened(place), opened(place)
    done(place, one, LinkTicket(ticket=other))
    done(place, other, CloseTicket(reason="spam"))
    run(place)
    told = read_commit(place.desk.ledger.history(f"ticket/{other}")[-1].value)
    assert told.envelope.actor == {"kind": "system", "id": LINKER, "version": 1}
    assert told.envelope.cause == {"stream": f"ticket/{one}", "version": 2}
    assert told.envelope.reads == {f"ticket/{one}": 2, POLICY_STREAM: 0}


def test_nobody_else_can_speak_for_the_other_side(place: Place) -> None:
    one, other = opened(place), opened(place)
    done(place, one, LinkTicket(ticket=other))
    rule = Request(Actor(kind="rule", id="triage"), "http", "test")
    answer = place.desk.writer.execute(
        f"ticket/{other}", MirrorLinks(ticket=one, relations=("related",)), rule
    )
    assert answer.code == "not_permitted"
