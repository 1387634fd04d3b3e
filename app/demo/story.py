"""The story of a desk as commands in order of time: a small discrete-event simulation."""

from collections.abc import Iterator

from deskledger.app.demo.calls import Calls
from deskledger.app.demo.founding import found
from deskledger.app.demo.hours import arrivals
from deskledger.app.demo.mishaps import Mishaps
from deskledger.app.demo.openings import Openings
from deskledger.app.demo.outcomes import Outcomes
from deskledger.app.demo.pauses import Pauses
from deskledger.app.demo.plan import Plan
from deskledger.app.demo.reactions import Reactions
from deskledger.app.demo.scene import Scene
from deskledger.app.demo.scribe import DeskKeys, Step
from deskledger.app.demo.ties import Ties
from deskledger.app.demo.work import Work


def simulate(plan: Plan, keys: DeskKeys, manager: str) -> Iterator[Step]:
    """Tell the story of a desk.

    Its people act on what they have seen, never on what the ledger says, so the story can be told
    without a desk. Equal plans, keys and managers give equal steps.

    Args:
        plan: size and dates.
        keys: the desk's own, from which ids are made.
        manager: id of the desk's first agent, who sets it up.

    Yields:
        Each command with its time; the times rise from step to step.
    """
    scene = Scene.set_up(plan, keys, manager)
    reactions = Reactions(scene)
    mishaps = Mishaps(scene)
    pauses = Pauses(scene, reactions, mishaps)
    calls = Calls(scene, reactions)
    openings = Openings(scene, reactions, calls)
    ties = Ties(scene)
    work = Work(scene, Outcomes(scene, reactions, pauses, mishaps, ties), mishaps, ties)
    scene.crew.look = work.look
    calls.go_on = work.go_on
    found(scene, mishaps)
    for arrival in arrivals(plan, scene.rng):
        scene.agenda.add(arrival.at, openings.arrive, arrival)
    yield from scene.scribe.take()
    for _ in scene.agenda.run(plan.length):
        yield from scene.scribe.take()
