"""The library's own test cases, unmodified, on real brokers.

They share one desk; each test's applications have names, and so streams, of their own.
"""

import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

import pytest

import tests.eventsourcing.library_cases as cases
from deskledger.eventlog.eventsourcing import LedgerFactory
from tests.eventsourcing.desks import MODULE, PATIENT, Settings
from tests.kafka.brokers import Cluster
from tests.kafka.ledger.nodes import new_log

# The library's cases name their applications so.
NAMES = ("Application", "BankAccounts", "Cases", "Counters", "eventcounters")


@pytest.fixture(scope="module")
def desk(_broker: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A desk on Kafka that stays open, as if another application were running."""
    directory = tmp_path_factory.mktemp("desk")
    new_log(_broker, f"cases-{uuid.uuid4().hex[:12]}").write(directory)
    told = {"PERSISTENCE_MODULE": MODULE, "DESKLEDGER_DESK": str(directory), **PATIENT}
    factory = LedgerFactory(told)
    yield told
    factory.close()


class OnKafka(cases.OnDesk):
    shared: Settings

    @pytest.fixture(autouse=True)
    def _share(self, desk: Settings) -> None:
        self.shared = desk

    def new_desk(self) -> AbstractContextManager[Settings]:
        mark = uuid.uuid4().hex
        names = {f"{n.upper()}_DESKLEDGER_APPLICATION": f"{n}-{mark}" for n in NAMES}
        return nullcontext({**self.shared, **names})


class TestAggregateRecorder(OnKafka, cases.AggregateRecorderCase):
    pass


class TestSnapshotRecorder(OnKafka, cases.SnapshotRecorderCase):
    pass


class TestApplicationRecorder(OnKafka, cases.ApplicationRecorderCase):
    pass


class TestNonInterleaving(OnKafka, cases.NonInterleavingCase):
    pass


class TestTrackingRecorder(OnKafka, cases.TrackingRecorderCase):
    pass


class TestProcessRecorder(OnKafka, cases.ProcessRecorderCase):
    pass


class TestProcessRecorderAsApplicationRecorder(
    OnKafka, cases.ProcessRecorderAsApplicationRecorderCase
):
    pass


class TestProcessRecorderAsTrackingRecorder(OnKafka, cases.ProcessRecorderAsTrackingRecorderCase):
    pass


class TestFactory(OnKafka, cases.FactoryCase):
    pass


class TestExampleApplication(OnKafka, cases.ExampleApplicationCase):
    pass


class TestApplication(OnKafka, cases.ApplicationCase):
    pass


class TestEventSourcedProjection(OnKafka, cases.EventSourcedProjectionCase):
    pass


class TestView(OnKafka, cases.ViewCase):
    pass


class TestProjection(OnKafka, cases.ProjectionCase):
    pass
