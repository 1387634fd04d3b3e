"""A desk's records where they lie apart from its directory: exported, or on Kafka itself.

Whoever proves these needs nothing of the desk: no directory, no replica, no key.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from deskledger.app.cli.paths import DESK_FILES, not_of_a_desk
from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.bars import bar
from deskledger.domain.errors import InvalidInput
from deskledger.eventlog.kafka.stated import bootstrap_servers
from deskledger.eventlog.progress import Checkpoint
from deskledger.replay.chain_report import ChainReport
from deskledger.replay.exported_lane import exported_lanes
from deskledger.replay.log_chains import Lanes, verify_log
from deskledger.replay.proving import Wanted

PANEL = "Without the desk"


@dataclass(frozen=True)
class Elsewhere:
    """Where the records lie, if not in the desk's directory."""

    lanes: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Exported lanes: a directory, or the file of one lane.",
            rich_help_panel=PANEL,
        ),
    ] = None
    kafka: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT,…",
            help="Kafka brokers; TLS and login from DESKLEDGER_KAFKA_….",
            rich_help_panel=PANEL,
        ),
    ] = None
    topic: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The ledger's topic there.", rich_help_panel=PANEL),
    ] = None

    @property
    def is_stated(self) -> bool:
        """Whether anything but the desk's directory was named."""
        return (self.lanes or self.kafka or self.topic) is not None

    def prove(self, session: Session, promised: Checkpoint | None, wanted: Wanted) -> ChainReport:
        """Judges every record again.

        Raises:
            InvalidInput: it is not clear where they lie, or nothing lies there.
            ForeignFile, NewerVersion, LedgerDamaged, Unavailable: they cannot be judged.
        """
        source = self._source(session)
        with bar(session, "verify.bar", source.records) as advance:
            return verify_log(source, against=promised, wanted=wanted, progress=advance)

    def _source(self, session: Session) -> Lanes:
        if self.lanes is not None and (self.kafka or self.topic) is not None:
            raise InvalidInput("Name either exported lanes or a topic, not both.")
        if self.lanes is not None:
            return exported_lanes(_no_desk_file(self.lanes, session.directory))
        if self.kafka is None or self.topic is None:
            raise InvalidInput("A topic needs both: --kafka HOST:PORT and --topic NAME.")
        # Its client takes longer to load than most commands do.
        from deskledger.replay.topic_lane import topic_lanes  # noqa: PLC0415

        settings = replace(session.kafka, bootstrap=bootstrap_servers(self.kafka))
        return topic_lanes(settings, self.topic)


def _no_desk_file(path: Path, desk: Path) -> Path:
    """The path itself, unless it leads to a file of a desk, whatever desk that is."""
    if path.name in DESK_FILES or path.name == "replica.sqlite":
        told = f"{path} is a file of a desk; --desk {path.parent} verifies that."
        raise InvalidInput(told, file=str(path))
    return not_of_a_desk(path, desk)
