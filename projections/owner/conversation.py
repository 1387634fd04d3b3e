"""One asker's conversation with the owner of the tables: moment after moment, until it hangs up."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import structlog

from deskledger.domain.errors import DeskError, InvalidInput
from deskledger.eventlog.errors import Unavailable
from deskledger.projections.errors import QuestionStopped
from deskledger.projections.moment import HeldMoment
from deskledger.projections.owner import messages
from deskledger.projections.owner.frames import REQUEST_BYTES_MAX, Channel, HungUp, Silent
from deskledger.projections.owner.messages import Answer, Ask, Begin, End, Owner, Switch
from deskledger.projections.owner.questions import question_of
from deskledger.projections.owner.shared import SharedStore
from deskledger.projections.owner.values import told_rows
from deskledger.projections.owner.watch import Watch
from deskledger.projections.question import Limits

GREETING_SECONDS = 5.0
IDLE_SECONDS = 600.0
SEND_SECONDS = 30.0
EXCHANGE_SECONDS = 30.0
ANALYSTS_MAX = 4

_log = structlog.get_logger()


@dataclass(frozen=True)
class Served:
    """What every conversation has in common.

    Attributes:
        owner: what the owner says of itself.
        shared: the store.
        watch: who cuts off those who have gone.
        limits: of a question in SQL; its seconds are also those of a moment.
        switch: goes on with the tables that were rebuilt beside; comes back when that is done.
        analysts: how many questions in SQL are answered at a time; the others wait.
    """

    owner: Owner
    shared: SharedStore
    watch: Watch
    limits: Limits
    switch: Callable[[], None]
    analysts: threading.Semaphore


class Conversation:
    """Answers one asker until it hangs up, or says nothing for long."""

    def __init__(self, channel: Channel, served: Served) -> None:
        self._channel = channel
        self._served = served

    def run(self) -> None:
        """Greets, and answers request after request."""
        try:
            self._greet()
            while True:
                request = self._request(IDLE_SECONDS)
                with self._errors_told():
                    self._serve(request)
        except (HungUp, Silent):
            return
        except DeskError as error:
            # What was said is none of this version, so nothing that follows would be.
            with suppress(HungUp, Silent):
                self._send(messages.told_error(error))

    def _greet(self) -> None:
        self._channel.send(messages.owner_greeting(self._served.owner), GREETING_SECONDS)
        greeting = self._channel.receive(GREETING_SECONDS, REQUEST_BYTES_MAX)
        messages.check_greeting(greeting, "The program that asks for the tables")

    def _serve(self, request: messages.Request) -> None:
        match request:
            case Begin():
                self._moment(request)
            case Switch():
                self._served.switch()
                self._send({})
            case Answer() | Ask() | End():
                raise InvalidInput("A question is asked within a moment; begin one.")

    def _moment(self, begin: Begin) -> None:
        """Answers what is asked of the tables at one moment."""
        shared, seconds = self._served.shared, self._served.owner.seconds
        shared.wait_for(begin.at_least, begin.wait_seconds, self._channel.is_gone)
        ends_at = time.monotonic() + seconds
        with (
            shared.moment(EXCHANGE_SECONDS) as moment,
            self._served.watch.over(self._channel, moment.interrupt, seconds),
        ):
            self._send({"progress": messages.told_progress(moment.progress)})
            while self._serve_within(moment, ends_at):
                pass
        self._send({})

    def _serve_within(self, moment: HeldMoment, ends_at: float) -> bool:
        """Serves one request within a moment; False if it was its end."""
        request = self._request(ends_at - time.monotonic())
        match request:
            case End():
                return False
            case Answer():
                self._answer(moment, request)
            case Ask():
                self._ask(moment, request, ends_at - time.monotonic())
            case Begin() | Switch():
                raise InvalidInput("A moment has begun already; end it first.")
        return True

    def _answer(self, moment: HeldMoment, request: Answer) -> None:
        question = question_of(request.question)
        value = moment.answer(question, **question.read_arguments(request.arguments))
        self._send({"value": question.told_answer(value)})

    def _ask(self, moment: HeldMoment, request: Ask, seconds: float) -> None:
        """Sends columns, batches of rows, and the end; an error stands where the rest would."""
        limits = replace(self._served.limits, seconds=seconds)
        with (
            self._one_of_few(seconds),
            moment.ask(request.sql, personal=request.personal, limits=limits) as asked,
        ):
            self._send({"columns": asked.columns})
            types = [kind for _, kind in asked.columns]
            for rows in asked.rows:
                self._send({"rows": told_rows(rows, types)})
        self._send({"end": True})

    @contextmanager
    def _one_of_few(self, seconds: float) -> Iterator[None]:
        if not self._served.analysts.acquire(timeout=max(seconds, 0)):
            raise Unavailable("Too many questions are being answered; ask again later.")
        try:
            yield
        finally:
            self._served.analysts.release()

    @contextmanager
    def _errors_told(self) -> Iterator[None]:
        """Sends an error in place of an answer; the moment in which it happened has ended."""
        try:
            yield
        except (HungUp, Silent):
            raise
        except (DeskError, duckdb.Error) as error:
            self._send(messages.told_error(_meaning(error)))
        except Exception:  # noqa: BLE001 - the loop's edge: it is logged, and the asker is told
            _log.exception("question_failed")
            fault = DeskError("The owner of the tables has a fault; its log says which.")
            self._send(messages.told_error(fault))

    def _request(self, seconds: float) -> messages.Request:
        return messages.read_request(self._channel.receive(seconds, REQUEST_BYTES_MAX))

    def _send(self, message: Any) -> None:
        self._channel.send(message, SEND_SECONDS)


def _meaning(error: DeskError | duckdb.Error) -> DeskError:
    if isinstance(error, DeskError):
        return error
    if isinstance(error, duckdb.InterruptException):
        return QuestionStopped()
    return DeskError(f"The tables cannot be read: {error}; run `deskledger rebuild`.")
