"""What a recorder takes and finds, whatever is asked of it, restarts and lost indexes included."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.persistence import IntegrityError, ProcessRecorder, StoredEvent, Tracking
from eventsourcing.utils import Environment
from hypothesis import given, settings
from hypothesis import strategies as st

from deskledger.eventlog.eventsourcing import LedgerFactory
from deskledger.eventlog.eventsourcing.index_file import INDEX
from tests.eventsourcing.desks import Settings, embedded_desk

# A UUID and a text that looks like it are two originators.
ORIGINATORS: tuple[UUID | str, ...] = (UUID(int=1), str(UUID(int=1)), "Zürich", "")
TOPICS = ("rooms:Added", "rooms:Booked", "主题")
UPSTREAMS = ("up", "UP ")
EVERYTHING = 1_000

stored_events = st.builds(
    StoredEvent,
    st.sampled_from(ORIGINATORS),
    st.integers(-1, 4),
    st.sampled_from(TOPICS),
    st.binary(max_size=4),
)
trackings = st.builds(Tracking, st.sampled_from(UPSTREAMS), st.integers(0, 5))
inserts = st.tuples(st.lists(stored_events, max_size=4), st.none() | trackings)
losses = st.sampled_from(["nothing", "the process", "the index"])


class Model:
    """The rules in short: a version of an originator once, tracking only upwards."""

    def __init__(self) -> None:
        self.events: list[StoredEvent] = []
        self.tracked: dict[str, int] = {}

    def takes(self, events: Sequence[StoredEvent], tracking: Tracking | None) -> bool:
        """Whether an insert is taken; if so, it counts from now on."""
        every = [(type(o), o, v) for o, v, *_ in map(plain, [*self.events, *events])]
        tracked = dict(self.tracked)
        if tracking is not None:
            if tracked.get(tracking.application_name, -1) >= tracking.notification_id:
                return False
            tracked[tracking.application_name] = tracking.notification_id
        if len(set(every)) < len(every):
            return False
        self.events += events
        self.tracked = tracked
        return True

    def of(self, originator: UUID | str) -> list[StoredEvent]:
        mine = [one for one in self.events if one.originator_id == originator]
        return sorted(mine, key=lambda one: one.originator_version)


def plain(event: StoredEvent) -> tuple[Any, ...]:
    return event.originator_id, event.originator_version, event.topic, event.state


def listed(events: Sequence[StoredEvent]) -> list[tuple[Any, ...]]:
    return list(map(plain, events))


@contextmanager
def recorder_on(desk: Settings) -> Iterator[ProcessRecorder]:
    factory = LedgerFactory(Environment("Laws", desk))
    try:
        yield factory.process_recorder()
    finally:
        factory.close()


def check(recorder: ProcessRecorder, model: Model) -> None:
    """Whether the recorder finds what the model holds, however it is asked."""
    found = recorder.select_notifications(None, EVERYTHING)
    assert listed(found) == listed(model.events)
    ids = [one.id for one in found]
    assert ids == sorted(set(ids))
    assert recorder.max_notification_id() == max(ids, default=None)
    for one in found[::3]:
        after = recorder.select_notifications(one.id, 2, inclusive_of_start=False)
        assert after == [other for other in found if other.id > one.id][:2]
        until = recorder.select_notifications(None, 9, stop=one.id, topics=[TOPICS[0]])
        assert until == [o for o in found if o.id <= one.id and o.topic == TOPICS[0]][:9]
    for originator in ORIGINATORS:
        mine = model.of(originator)
        assert listed(recorder.select_events(originator)) == listed(mine)
        last = recorder.select_events(originator, desc=True, limit=2)
        assert listed(last) == listed(mine[::-1][:2])
        between = recorder.select_events(originator, gt=0, lte=3)
        assert listed(between) == listed([o for o in mine if 0 < o.originator_version <= 3])
    tracked = {name: recorder.max_tracking_id(name) for name in UPSTREAMS}
    assert tracked == {name: model.tracked.get(name) for name in UPSTREAMS}


def lose_index(directory: Path) -> None:
    for path in directory.glob(f"{INDEX.name}*"):
        path.unlink()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(inserts, losses), max_size=12))
def test_a_recorder_takes_and_finds_what_the_rules_say(
    steps: list[tuple[tuple[list[StoredEvent], Tracking | None], str]],
) -> None:
    with embedded_desk() as desk:
        model = Model()
        left = list(steps)
        while left:
            with recorder_on(desk) as recorder:
                check(recorder, model)
                lost = "nothing"
                while left and lost == "nothing":
                    (events, tracking), lost = left.pop(0)
                    try:
                        ids = recorder.insert_events(events, tracking=tracking)
                    except IntegrityError:
                        assert not model.takes(events, tracking)
                    else:
                        assert model.takes(events, tracking)
                        assert (
                            ids
                            == [one.id for one in recorder.select_notifications(None, EVERYTHING)][
                                len(model.events) - len(events) :
                            ]
                        )
                check(recorder, model)
            if lost == "the index":
                lose_index(Path(desk["DESKLEDGER_DESK"]))
        with recorder_on(desk) as recorder:
            check(recorder, model)
