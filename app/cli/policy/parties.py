"""Whether the agents and groups that a policy names at its marks are there."""

from collections.abc import Iterator

from deskledger.app.cli import lookup
from deskledger.app.desk import Desk
from deskledger.domain.sla.faults import Fault, path_of, shown, unknown
from deskledger.domain.sla.marks import RESPONSIBLE, Actions
from deskledger.domain.sla.policy_file import PolicyFile


def party_faults(file: PolicyFile, desk: Desk) -> list[Fault]:
    """The agents and groups of a file that the desk does not have, or that have gone.

    Whoever leaves later is passed over when the mark comes; a slip of the pen is better told now.
    """
    found = dict(_named(file))
    return [fault for place, stream in found.items() for fault in _faults(place, stream, desk)]


Place = tuple[str | int, ...]


def _named(file: PolicyFile) -> Iterator[tuple[Place, str]]:
    """The streams of agents and groups, each with the place that names it."""
    for number, policy in enumerate(file.policies or ()):
        for index, target in enumerate(policy.targets):
            for place, mark in enumerate(target.marks):
                where = ("policies", number, "targets", index, "marks", place, "actions")
                if mark.actions is not None:
                    yield from _of_actions(mark.actions, where)


def _of_actions(actions: Actions, where: Place) -> Iterator[tuple[Place, str]]:
    if actions.group is not None:
        yield (*where, "group"), f"group/{actions.group}"
    for index, agent in enumerate(actions.agents):
        yield (*where, "agents", index), f"agent/{agent}"
    for index, whom in enumerate(actions.notify):
        if whom != RESPONSIBLE:
            yield (*where, "notify", index), whom


def _faults(place: Place, stream: str, desk: Desk) -> Iterator[Fault]:
    noun, _, part = stream.partition("/")
    state = desk.writer.streams.load(stream).state
    if state is None:
        known = map(lookup.part, lookup.every(desk, noun))
        yield unknown(path_of(*place), f"{noun}_unknown", part, known)
    elif state.closed if noun == "group" else state.left:
        yield Fault(path_of(*place), f"{noun}_gone", {"name": shown(part)})
