"""When the agents of the story say that they take work, and when that they do not."""

from deskledger.app.demo.crew import Agent
from deskledger.app.demo.hours import spells
from deskledger.app.demo.plan import MINUTE
from deskledger.app.demo.scene import Scene
from deskledger.domain.availability.commands import SetAvailability
from deskledger.domain.availability.events import Availability
from deskledger.domain.availability.months import availability_stream

THREAD = "availability-"
# Whoever goes home says so when the last ticket has been put away.
_PUT_AWAY = 10 * MINUTE


def plan_presence(scene: Scene, agent: Agent, day: int) -> None:
    """Plan what an agent says of a working day: there, away for the break, gone home."""
    shift = spells(agent.role.shift, day)
    for place, (begins_at, ends_at) in enumerate(shift, 1):
        scene.agenda.add(begins_at, _say, scene, agent, "available", None)
        if place < len(shift):
            scene.agenda.add(ends_at, _say, scene, agent, "away", "break")
        else:
            scene.agenda.add(ends_at + _PUT_AWAY, _say, scene, agent, "offline", None)


def _say(
    at: int, scene: Scene, agent: Agent, availability: Availability, reason: str | None
) -> None:
    going_home = availability == "offline"
    # Whoever is ill from one day to the next was offline already, and says no more.
    if agent.left or (not agent.there if going_home else agent.absent(at)):
        return
    agent.there = not going_home
    stream = availability_stream(agent.id, scene.scribe.instant(at))
    command = SetAvailability(availability=availability, reason=reason)
    scene.scribe.write(at, stream, command, agent.source._replace(thread=THREAD))
