"""The library's own test cases, unmodified, for recorders on a desk, wherever that lies."""

import os
import warnings
from contextlib import AbstractContextManager
from unittest import TestCase
from unittest.mock import patch

import pytest
from eventsourcing.persistence import StoredEvent, Tracking
from eventsourcing.utils import Environment, get_topic

from deskledger.eventlog.eventsourcing import LedgerFactory
from deskledger.eventlog.eventsourcing.recorders import (
    LedgerAggregateRecorder,
    LedgerApplicationRecorder,
    LedgerProcessRecorder,
    LedgerTrackingRecorder,
)
from tests.eventsourcing.desks import Settings

with warnings.catch_warnings():
    # The library's tests begin by dropping every filter of warnings.
    from eventsourcing.tests import application, persistence, projection


class OnDesk(TestCase):
    """Gives each test settings under which nothing was stored yet."""

    settings: Settings

    def new_desk(self) -> AbstractContextManager[Settings]:
        raise NotImplementedError

    def setUp(self) -> None:
        self.settings = self.enterContext(self.new_desk())
        super().setUp()

    def factory_of(self, name: str) -> LedgerFactory:
        made = LedgerFactory(Environment(name, self.settings))
        self.addCleanup(made.close)
        return made


class AggregateRecorderCase(OnDesk, persistence.AggregateRecorderTestCase):
    def create_recorder(self) -> LedgerAggregateRecorder:
        return self.factory_of("Cases").aggregate_recorder()


class SnapshotRecorderCase(OnDesk, persistence.AggregateRecorderTestCase):
    def create_recorder(self) -> LedgerAggregateRecorder:
        return self.factory_of("Cases").aggregate_recorder("snapshots")


class ApplicationRecorderCase(
    OnDesk, persistence.ApplicationRecorderTestCase[LedgerApplicationRecorder]
):
    def create_recorder(self) -> LedgerApplicationRecorder:
        return self.factory_of("Cases").application_recorder()

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class NonInterleavingCase(OnDesk, persistence.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> LedgerApplicationRecorder:
        return self.factory_of("Cases").application_recorder()


class TrackingRecorderCase(OnDesk, persistence.TrackingRecorderTestCase):
    def create_recorder(self) -> LedgerTrackingRecorder:
        return self.factory_of("Cases").tracking_recorder()


class ProcessRecorderCase(OnDesk, persistence.ProcessRecorderTestCase):
    def create_recorder(self) -> LedgerProcessRecorder:
        return self.factory_of("Cases").process_recorder()


class ProcessRecorderAsApplicationRecorderCase(ApplicationRecorderCase):
    def create_recorder(self) -> LedgerProcessRecorder:
        return self.factory_of("Cases").process_recorder()


class ProcessRecorderAsTrackingRecorderCase(OnDesk, persistence.TrackingRecorderTestCase):
    def create_recorder(self) -> LedgerProcessRecorder:
        return self.factory_of("Cases").process_recorder()


class DerivedTrackingRecorder(LedgerTrackingRecorder):
    """A class of a user, which the factory is asked for."""


class FactoryCase(OnDesk, persistence.InfrastructureFactoryTestCase[LedgerFactory]):
    def setUp(self) -> None:
        self.settings = self.enterContext(self.new_desk())
        self.env = Environment(env={**self.settings, LedgerFactory.APPLICATION: "cases"})
        persistence.InfrastructureFactoryTestCase.setUp(self)

    def expected_factory_class(self) -> type[LedgerFactory]:
        return LedgerFactory

    def expected_aggregate_recorder_class(self) -> type[LedgerAggregateRecorder]:
        return LedgerAggregateRecorder

    def expected_application_recorder_class(self) -> type[LedgerApplicationRecorder]:
        return LedgerApplicationRecorder

    def expected_tracking_recorder_class(self) -> type[LedgerTrackingRecorder]:
        return LedgerTrackingRecorder

    def tracking_recorder_subclass(self) -> type[LedgerTrackingRecorder]:
        return DerivedTrackingRecorder

    def expected_process_recorder_class(self) -> type[LedgerProcessRecorder]:
        return LedgerProcessRecorder


class InEnvironment(OnDesk):
    """Also tells the settings to applications that are made without any."""

    def setUp(self) -> None:
        super().setUp()
        self.enterContext(patch.dict(os.environ, self.settings))


class ExampleApplicationCase(InEnvironment, application.ExampleApplicationTestCase):
    expected_factory_topic = get_topic(LedgerFactory)


# One case asks for a deprecated name, to see the warning itself.
@pytest.mark.filterwarnings("default:'log' is deprecated")
class ApplicationCase(InEnvironment, application.ApplicationTestCase):
    pass


class EventSourcedProjectionCase(InEnvironment, projection.EventSourcedProjectionTestCase):
    pass


class LedgerEventCounters(LedgerProcessRecorder, projection.EventCountersView):
    """A view that lies in the ledger itself: each count is an event, tracked in its commit."""

    def get_created_event_counter(self) -> int:
        return self._counted("created")

    def get_subsequent_event_counter(self) -> int:
        return self._counted("subsequent")

    def incr_created_event_counter(self, tracking: Tracking) -> None:
        self._count("created", tracking)

    def incr_subsequent_event_counter(self, tracking: Tracking) -> None:
        self._count("subsequent", tracking)

    def _counted(self, name: str) -> int:
        last = self.select_events(name, desc=True, limit=1)
        return last[0].originator_version if last else 0

    def _count(self, name: str, tracking: Tracking) -> None:
        event = StoredEvent(name, self._counted(name) + 1, "counted", b"")
        self.insert_events([event], tracking=tracking)


class ViewCase(OnDesk, projection.EventCountersViewTestCase):
    def construct_event_counters_view(self) -> LedgerEventCounters:
        view = self.factory_of("Counters").tracking_recorder(LedgerEventCounters)
        assert isinstance(view, LedgerEventCounters)
        return view


class ProjectionCase(InEnvironment, projection.AggregateEventCountersProjectionTestCase):
    view_class = LedgerEventCounters
