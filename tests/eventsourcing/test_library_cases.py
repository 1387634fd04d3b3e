"""The library's own test cases, unmodified, on the embedded ledger's files."""

from contextlib import AbstractContextManager

import tests.eventsourcing.library_cases as cases
from tests.eventsourcing.desks import Settings, embedded_desk


class Embedded(cases.OnDesk):
    def new_desk(self) -> AbstractContextManager[Settings]:
        return embedded_desk()


class TestAggregateRecorder(Embedded, cases.AggregateRecorderCase):
    pass


class TestSnapshotRecorder(Embedded, cases.SnapshotRecorderCase):
    pass


class TestApplicationRecorder(Embedded, cases.ApplicationRecorderCase):
    pass


class TestNonInterleaving(Embedded, cases.NonInterleavingCase):
    pass


class TestTrackingRecorder(Embedded, cases.TrackingRecorderCase):
    pass


class TestProcessRecorder(Embedded, cases.ProcessRecorderCase):
    pass


class TestProcessRecorderAsApplicationRecorder(
    Embedded, cases.ProcessRecorderAsApplicationRecorderCase
):
    pass


class TestProcessRecorderAsTrackingRecorder(Embedded, cases.ProcessRecorderAsTrackingRecorderCase):
    pass


class TestFactory(Embedded, cases.FactoryCase):
    pass


class TestExampleApplication(Embedded, cases.ExampleApplicationCase):
    pass


class TestApplication(Embedded, cases.ApplicationCase):
    pass


class TestEventSourcedProjection(Embedded, cases.EventSourcedProjectionCase):
    pass


class TestView(Embedded, cases.ViewCase):
    pass


class TestProjection(Embedded, cases.ProjectionCase):
    pass
