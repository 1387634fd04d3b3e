"""How the desk is founded, and what changes in its crew while the story goes on."""

from importlib.resources import files

from deskledger.app.demo.crew import Agent
from deskledger.app.demo.hours import spells
from deskledger.app.demo.mishaps import Mishaps
from deskledger.app.demo.plan import DAY, HOUR, MINUTE, SECOND, WEEK, ZONE
from deskledger.app.demo.presence import plan_presence
from deskledger.app.demo.scene import Scene
from deskledger.app.demo.script import AgentRole
from deskledger.app.service_policy import next_document
from deskledger.domain.agent.commands import AddAgent, RemoveAgent
from deskledger.domain.agent.events import Skill
from deskledger.domain.configuration.commands import Publish
from deskledger.domain.configuration.policy_history import POLICY_STREAM
from deskledger.domain.group.commands import AddMember, FormGroup, RemoveMember
from deskledger.domain.sla.policy_file import read_policy_file
from deskledger.domain.ticket.commands import AssignTicket, CloseTicket, OpenTicket

_FOUNDED = -38 * HOUR
_SATURDAY = 5
_LIMIT = 14
# The burst asks too much of the repair group, so first-line agents help out from the next day on.
_HELPERS = 2
_HELP_AFTER = 23 * HOUR


def found(scene: Scene, mishaps: Mishaps) -> None:
    """Form the groups, let the agents join, and plan everybody's working days."""
    at = _FOUNDED
    for group in scene.script.people.groups:
        command = FormGroup(names=group.names)
        scene.scribe.write(at, f"group/{group.id}", command, scene.manager)
        member = AddMember(agent=scene.manager.actor.id, lead=True)
        scene.scribe.write(at, f"group/{group.id}", member, scene.manager)
        at += 20 * SECOND
    for index, role in enumerate(scene.script.people.agents):
        if role.joins_week == 1:
            _join(at + index * MINUTE, scene, mishaps, role, index)
        elif role.joins_week <= scene.plan.weeks:
            monday = (role.joins_week - 1) * WEEK + 8 * HOUR
            scene.agenda.add(monday, _join, scene, mishaps, role, index)
    _try_out(at + HOUR, scene)
    _promise(at + 2 * HOUR, scene)
    scene.agenda.add(scene.plan.bursts_at + _HELP_AFTER, _help_out, scene)


def _join(at: int, scene: Scene, mishaps: Mishaps, role: AgentRole, index: int) -> None:
    """An agent joins and works from now on."""
    given, _, family = role.alias.lower().partition(" ")
    command = AddAgent(
        personal_fields={"name": role.name, "email": f"{given}.{family}@chengyuan.example"},
        roles=("agent", "lead") if role.lead else ("agent",),
        skills=tuple(Skill(skill=skill, level=3 if role.lead else 2) for skill in role.skills),
        languages=("zh-Hans", "en") if role.english else ("zh-Hans",),
        limits={"all": _LIMIT},
        zone=ZONE,
    )
    stream = scene.scribe.write(at, None, command, scene.manager)
    part = stream.removeprefix("agent/")
    agent = Agent(role, part, [role.group], day_off=_day_off(index))
    member = AddMember(agent=part, lead=role.lead)
    scene.scribe.write(at, f"group/{role.group}", member, scene.manager)
    scene.crew.agents.append(agent)
    _plan_days(at, scene, mishaps, agent)


def _day_off(index: int) -> int:
    """Half of the crew has every Saturday off, the others one day from Monday to Friday."""
    return _SATURDAY if index % 2 else index // 2 % _SATURDAY


def _plan_days(at: int, scene: Scene, mishaps: Mishaps, agent: Agent) -> None:
    role, weeks = agent.role, scene.plan.weeks
    if role.ill:
        agent.absent_from = (weeks - 1) * WEEK + 2 * DAY
    if role.leaves_week is not None and role.leaves_week <= weeks:
        # Whatever they have begun on the last day is finished before they are gone.
        agent.absent_from = role.leaves_week * WEEK - 2 * DAY + 17 * HOUR
        scene.agenda.add(role.leaves_week * WEEK + 8 * HOUR, _leave, scene, agent)
    for day in range(max(0, at // DAY), weeks * 7):
        if day % 7 == agent.day_off:
            continue
        plan_presence(scene, agent, day)
        shift = spells(role.shift, day)
        for begins_at, _ in shift:
            scene.agenda.add(begins_at + scene.seconds(0, 240), scene.crew.call, agent)
        if shift:
            scene.agenda.add(shift[-1][1], mishaps.end_shift, agent)


def _leave(at: int, scene: Scene, agent: Agent) -> None:
    """An agent leaves; the manager gives the tickets back to their queues first."""
    agent.left = True
    for ticket in dict.fromkeys(agent.held):
        if ticket.agent is agent and not ticket.settled:
            command = AssignTicket(agent=None, reason="agent_left")
            scene.scribe.write(at, ticket.stream, command, scene.manager)
            ticket.agent = None
            if ticket.status == "open":
                scene.crew.queue(at, ticket)
    for group in agent.groups:
        scene.scribe.write(at, f"group/{group}", RemoveMember(agent=agent.id), scene.manager)
    gone = RemoveAgent(successor=agent.role.group)
    scene.scribe.write(at, f"agent/{agent.id}", gone, scene.manager)


def _help_out(at: int, scene: Scene) -> None:
    """First-line agents join the repair group."""
    able = [
        agent
        for agent in scene.crew.of_group("first-line")
        if agent.role.english and not agent.role.lead
    ]
    for agent in able[:_HELPERS]:
        agent.groups.append("repair")
        scene.scribe.write(at, "group/repair", AddMember(agent=agent.id), scene.manager)


def _try_out(at: int, scene: Scene) -> None:
    """Before the first customer comes, the manager tries the desk out."""
    command = OpenTicket(
        kind="task",
        channel="internal",
        direction="internal",
        subject="上线前测试：请忽略",
        language="zh-Hans",
    )
    stream = scene.scribe.write(at, None, command, scene.manager)
    scene.scribe.write(at + MINUTE, stream, CloseTicket(reason="test"), scene.manager)


def _promise(at: int, scene: Scene) -> None:
    """The manager publishes what the desk promises from the first customer on."""
    text = files(__package__).joinpath("texts", "service-levels.json").read_bytes()
    document = next_document(read_policy_file(text), None, "new")
    scene.scribe.write(
        at, POLICY_STREAM, Publish(document=document), scene.manager._replace(configures=True)
    )
