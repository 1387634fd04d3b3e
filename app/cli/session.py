"""One run of the program: what was asked for, the desk it works on, and how it answers."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import orjson

from deskledger.app.cli.options import Everywhere
from deskledger.app.cli.texts import code_name, say
from deskledger.app.kafka_settings import kafka_settings
from deskledger.app.settings import read_settings
from deskledger.domain.shapes import Erased, instant_text
from deskledger.eventlog.kafka.settings import KafkaSettings
from deskledger.eventlog.opening import Ledger, open_ledger
from deskledger.eventlog.progress import Progress
from deskledger.eventlog.vault.desk_key import read_desk_key

if TYPE_CHECKING:
    from deskledger.app.desk import Desk
    from deskledger.consumers.staging_processes import Opener
    from deskledger.projections.question import Tables
    from deskledger.replay.as_of.past import Past


class Session:
    """What a command works with; the desk is opened when it is first asked for.

    Attributes:
        settings: from the environment, with the options of the command line over them.
        as_json: answer with one JSON object instead of texts for people.
        key: by which a changing command can safely be repeated.
        goal: how far the ledger had come when the tables were opened.
        past: the point in the past that was asked for; None for the present.
    """

    def __init__(self, stated: Everywhere) -> None:
        read = read_settings()
        self.settings = read.model_copy(
            update={
                "desk": stated.desk or read.desk,
                "agent": stated.acting or read.agent,
                "language": str(stated.language or read.language),
            }
        )
        self.as_json = stated.as_json
        self.key: str | None = None
        self.goal: Sequence[Progress] = ()
        self.past: Past | None = None
        self._parts = ExitStack()

    @property
    def language(self) -> str:
        """In which language people are spoken to."""
        return self.settings.language

    @property
    def directory(self) -> Path:
        """Where the desk lies."""
        return self.settings.desk

    @property
    def desk_key(self) -> bytes | None:
        """The desk key where it is given as a setting; None where it stands in its file."""
        stated = self.settings.desk_key
        if stated is None:
            return None
        return read_desk_key(self.settings.desk, stated.get_secret_value())

    @cached_property
    def kafka(self) -> KafkaSettings:
        """How brokers are reached, for a desk on Kafka."""
        return kafka_settings()

    @cached_property
    def desk(self) -> "Desk":
        """The desk, open until the command ends."""
        # Its rules take longer to load than most questions need to be answered without them.
        from deskledger.app.desk import Desk  # noqa: PLC0415

        wait_seconds = self.settings.wait_seconds
        desk = Desk.open(
            self.directory, desk_key=self.desk_key, wait_seconds=wait_seconds, kafka=self.kafka
        )
        self._parts.enter_context(desk)
        self._tell_staleness(desk.ledger)
        return desk

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger alone, which needs no desk key."""
        if "desk" in self.__dict__:
            # What is open already is not opened again.
            return self.desk.ledger
        wait_seconds = self.settings.wait_seconds
        ledger = open_ledger(self.directory, wait_seconds=wait_seconds, kafka=self.kafka)
        self._parts.enter_context(ledger)
        self._tell_staleness(ledger)
        return ledger

    @property
    def opener(self) -> "Opener":
        """Opens ledger and keys once more, for the processes that stage a long way."""
        from deskledger.app.reading import open_reading  # noqa: PLC0415 - loads the desk's rules

        return partial(open_reading, self.directory, self.desk_key, self.kafka)

    @cached_property
    def tables(self) -> "Tables":
        """The tables, as far as the ledger has come by now, or had come at the point asked for."""
        # What belongs to them takes longer to load than most commands do, and most never ask.
        if self.past is not None:
            from deskledger.app.cli.tables.tables_then import open_tables_then  # noqa: PLC0415

            return self._parts.enter_context(open_tables_then(self, self.past))
        from deskledger.app.cli.tables.projected import open_tables  # noqa: PLC0415

        return self._parts.enter_context(open_tables(self))

    @cached_property
    def zone(self) -> ZoneInfo:
        """The desk's zone, in which people read and state times."""
        return ZoneInfo(self.desk.document().zone)

    def say(self, text: str, /, **facts: Any) -> str:
        """A text of the catalogue in the session's language."""
        return say(self.language, text, **facts)

    def code(self, kind: str, code: str) -> str:
        """A fixed code, such as a status, as people read it."""
        return code_name(self.language, kind, code)

    def time(self, instant: datetime, zone: ZoneInfo | None = None) -> str:
        """An instant as people of the desk read it: in the desk's zone or another."""
        return f"{instant.astimezone(zone or self.zone):%Y-%m-%d %H:%M}"

    def day_time(self, instant: datetime) -> str:
        """An instant in a list, in eleven letters: without the year or, of others, the hour."""
        local = instant.astimezone(self.zone)
        this_year = self.desk.clock().astimezone(self.zone).year
        return f"{local:%m-%d %H:%M}" if local.year == this_year else f"{local:%Y-%m-%d}"

    def tell(self, text: str) -> None:
        """Writes a line for people to stdout."""
        sys.stdout.write(text + "\n")

    def note(self, text: str) -> None:
        """Writes a line to stderr that is beside the answer; silent where JSON is asked for."""
        if not self.as_json:
            sys.stderr.write(text + "\n")

    @staticmethod
    def json(value: Any) -> str:
        """A value as JSON on one line: instants as they are stored, an erased value as null."""
        return orjson.dumps(value, default=_json, option=_JSON).decode()

    def answer(self, value: Mapping[str, Any]) -> None:
        """Writes the answer as one JSON object on one line."""
        sys.stdout.write(self.json(value) + "\n")

    def close(self) -> None:
        """Closes what was opened."""
        self._parts.close()

    def _tell_staleness(self, ledger: Ledger) -> None:
        """Says beside the answer where it may be old, because no broker can be asked."""
        freshness = ledger.freshness()
        if not freshness.is_fresh:
            at = "–" if freshness.at is None else f"{freshness.at:%Y-%m-%d %H:%M:%S} UTC"
            self.note(self.say("stale", reason=freshness.trouble, at=at))


_JSON = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def _json(value: Any) -> Any:
    match value:
        case Erased():
            return None
        case datetime():
            return instant_text(value.astimezone(UTC))
        case _:
            return str(value)
