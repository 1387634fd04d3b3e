"""Who becomes responsible for a ticket."""

from __future__ import annotations

from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.context import Context
from deskledger.domain.shapes import By, Party
from deskledger.domain.streams import TICKET as TICKETS
from deskledger.domain.ticket.commands import (
    AssignTicket,
    CloseTicket,
    OpenTicket,
    ReopenTicket,
    ResumeTicket,
    SolveTicket,
    TakeTicket,
    UnassignTicket,
)
from deskledger.domain.ticket.contact_commands import AddNote
from deskledger.domain.ticket.events import (
    TicketActivated,
    TicketAssigned,
    TicketReopened,
    TicketSolved,
)
from deskledger.domain.ticket.together import TicketCommand, Together
from tests.domain.stories import (
    ANN,
    AS_ANN,
    AS_BOB,
    AS_CUSTOMER,
    AS_RULE,
    AS_SERVICE,
    BOB,
    CUSTOMER,
    NOON,
    TICKET,
    Story,
    desk,
    minutes,
)

OPEN = OpenTicket(channel="email")
INTAKE = Party(group=None, agent=None)


def party(group: str | None, agent: str | None) -> Party:
    return Party(group=group, agent=agent)


def ticket(group: str | None = None) -> Story:
    return desk().when(OpenTicket(channel="email", group=group))


def test_taking_makes_the_acting_agent_responsible_and_begins_the_work() -> None:
    assigned, activated = ticket("first-line").then(TakeTicket(), TicketAssigned, TicketActivated)
    assert (assigned.party.before, assigned.party.after) == (
        party("first-line", None),
        party("first-line", ANN),
    )
    assert (assigned.reason, activated.reason) == ("taken", "assigned")


def test_taking_twice_is_nothing() -> None:
    ticket().when(TakeTicket()).then_nothing(TakeTicket())


def test_taking_into_a_group_names_both() -> None:
    story = ticket("second-line").when(TakeTicket(group="first-line"))
    assert story.state.party.present == party("first-line", ANN)


def test_assigning_an_agent_keeps_the_group() -> None:
    story = ticket("first-line").when(AssignTicket(agent=BOB))
    assert story.state.party.present == party("first-line", BOB)


def test_assigning_another_group_clears_the_agent() -> None:
    story = ticket("first-line").when(TakeTicket(), AssignTicket(group="second-line"))
    assert story.state.party.present == party("second-line", None)


def test_assigning_the_same_group_again_is_nothing() -> None:
    ticket("first-line").when(TakeTicket()).then_nothing(AssignTicket(group="first-line"))


def test_a_stated_null_clears_the_agent_even_in_the_same_group() -> None:
    story = ticket("first-line").when(TakeTicket(), AssignTicket(group="first-line", agent=None))
    assert story.state.party.present == party("first-line", None)


def test_both_null_is_the_intake_queue() -> None:
    story = ticket("first-line").when(TakeTicket(), AssignTicket(group=None, agent=None))
    assert story.state.party.present == INTAKE


def test_unassigning_returns_it_to_the_queue_of_its_group() -> None:
    (assigned,) = ticket("first-line").when(TakeTicket()).then(UnassignTicket(), TicketAssigned)
    assert (assigned.party.after, assigned.reason) == (party("first-line", None), "returned")


def test_a_router_says_how_many_it_considered() -> None:
    command = AssignTicket(agent=BOB, considered=4)
    assigned, _ = ticket().by(AS_SERVICE).then(command, TicketAssigned, TicketActivated)
    assert (assigned.reason, assigned.considered) == ("routed", 4)


def test_an_agent_who_solves_what_nobody_has_takes_it_first() -> None:
    assigned, solved = ticket().then(SolveTicket(resolution="fixed"), TicketAssigned, TicketSolved)
    assert (assigned.reason, assigned.party.after.agent) == ("taken", ANN)
    assert (solved.status.before, solved.solver) == ("new", ANN)


def test_solving_for_another_agent_takes_nothing_and_has_the_credit() -> None:
    story = ticket("first-line").when(AssignTicket(agent=BOB))
    (solved,) = story.then(SolveTicket(resolution="fixed"), TicketSolved)
    assert solved.solver == ANN


def test_reopening_names_who_had_the_credit_of_the_settle_that_it_undoes() -> None:
    bobs = ticket("first-line").when(AssignTicket(agent=BOB))
    solved = bobs.when(SolveTicket(resolution="fixed")).after(5).when(CloseTicket()).after(5)
    (reopened,) = solved.past().then(ReopenTicket(), TicketReopened)
    assert reopened.solver == ANN


def test_the_responsible_agent_has_the_credit_of_a_customers_solving() -> None:
    story = ticket("first-line").when(AssignTicket(agent=BOB)).by(AS_CUSTOMER)
    (solved,) = story.then(SolveTicket(resolution="fixed"), TicketSolved)
    assert solved.solver == BOB


def test_a_rule_that_solves_in_an_agents_command_takes_nothing_for_the_agent() -> None:
    rule = By(kind="rule", id="auto", version=1)
    (solved,) = ticket().then(SolveTicket(resolution="fixed", by=rule), TicketSolved)
    assert solved.solver is None


def test_a_macro_is_its_agents_own_doing() -> None:
    macro = By(kind="macro", id="close-it", version=1)
    command = SolveTicket(resolution="fixed", by=macro)
    _, solved = ticket().then(command, TicketAssigned, TicketSolved)
    assert solved.solver == ANN


def test_a_late_assignment_is_filed_and_leaves_the_present() -> None:
    story = ticket().after(10).when(TakeTicket()).after(10).recording_late()
    late = AssignTicket(group="first-line", occurred_at=NOON + minutes(5))
    (assigned,) = story.then(late, TicketAssigned)
    assert (assigned.party.before, assigned.party.since) == (INTAKE, NOON)
    became = story.when(late).state.party
    assert became.present == party(None, ANN)
    assert became.held(NOON + minutes(7))[0] == party("first-line", None)


def test_a_late_assignment_keeps_the_group_of_its_time() -> None:
    story = ticket("first-line").after(10).when(AssignTicket(group="second-line")).after(10)
    late = AssignTicket(agent=ANN, occurred_at=NOON + minutes(5))
    assigned, _ = story.recording_late().then(late, TicketAssigned, TicketActivated)
    assert assigned.party.after == party("first-line", ANN)


def needs(story: Story, command: TicketCommand) -> set[str]:
    context = Context(now=NOON, command_id=ANN, stream=TICKET, actor=story.actor)
    asked = set(TICKETS.needs(story.state, command, context))
    assert POLICY_STREAM in asked, "every command may change clocks"
    return asked - {POLICY_STREAM}


CONFIGURATION = ("desk", "ticket-type/default")


def test_a_decision_asks_only_for_the_streams_that_it_looks_at() -> None:
    queued = ticket("first-line")
    taken = queued.when(TakeTicket())
    agents = {f"agent/{ANN}", "group/first-line"}
    assert needs(queued, AddNote(text="!")) == set()
    assert needs(queued, AddNote(text="!", mentions=(BOB,))) == {f"agent/{BOB}"}
    assert needs(queued, TakeTicket()) == agents
    assert needs(queued, SolveTicket()) == agents
    assert needs(taken, SolveTicket()) == set()
    assert needs(queued.by(AS_RULE), SolveTicket()) == set()
    assert needs(queued, AssignTicket(group="x")) == {"group/x"}
    assert needs(queued, AssignTicket(group="x", agent=BOB)) == {"group/x", f"agent/{BOB}"}
    assert needs(queued, AssignTicket(agent=BOB)) == {"group/first-line", f"agent/{BOB}"}
    assert needs(queued, AssignTicket(agent=None)) == set()
    assert needs(queued, UnassignTicket()) == set()


def test_an_opening_asks_for_its_customer_and_party() -> None:
    command = OpenTicket(channel="web", customer=CUSTOMER, group="x", agent=ANN)
    expected = {f"customer/{CUSTOMER}", "group/x", f"agent/{ANN}", *CONFIGURATION}
    assert needs(desk(), command) == expected
    assert needs(desk(), Together(parts=(command,))) == expected


def test_parts_that_change_the_party_are_asked_for_together() -> None:
    whole = Together(parts=(AssignTicket(group="second-line"), TakeTicket()))
    expected = {"group/first-line", "group/second-line", f"agent/{BOB}"}
    assert needs(ticket("first-line").by(AS_BOB), whole) == expected
    solving = Together(parts=(UnassignTicket(), SolveTicket(resolution="fixed")))
    taken = ticket("first-line").when(TakeTicket())
    assert needs(taken, solving) == {"group/first-line", f"agent/{ANN}", *CONFIGURATION}
    assert taken.when(solving).state.status.present == "solved"


def test_a_late_decision_asks_for_the_group_of_its_time() -> None:
    story = ticket("first-line").after(10).when(AssignTicket(group="second-line"))
    late = TakeTicket(occurred_at=NOON + minutes(5))
    assert needs(story, late) == {"group/first-line", f"agent/{ANN}"}


def test_an_import_asks_for_the_service_levels_alone() -> None:
    context = Context(now=NOON, command_id=ANN, stream=TICKET, actor=AS_ANN, history=True)
    assert TICKETS.needs(ticket().state, TakeTicket(), context) == {POLICY_STREAM}


def test_a_resumed_ticket_stays_with_nobody() -> None:
    assert ticket().when(ResumeTicket()).state.party.present == INTAKE
