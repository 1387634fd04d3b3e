"""How the desk's answer to a command is shown."""

from typing import Any

from deskledger.app.cli.session import Session
from deskledger.app.cli.shown.refusals import NAMED, refusal
from deskledger.domain.refusals import sentence
from deskledger.eventlog.writing.requests import Answer


def show_answer(session: Session, answer: Answer) -> None:
    """Shows what was decided: done, nothing to do, or refused with the way out."""
    if session.as_json:
        session.answer(answer_object(answer, session.language))
        return
    what = named(session, answer.stream, answer.number)
    if answer.outcome == "refused":
        told = refusal(session, answer.code or "", answer.facts)
        session.note(session.say("refused", what=what, sentence=told))
    else:
        names = (session.code("event", event) for event in answer.events)
        events = session.say("list.part").join(names)
        session.tell(session.say(answer.outcome, what=what, events=events, version=answer.version))
    if answer.repeated:
        session.note(session.say("repeated"))


def named(session: Session, stream: str, number: int | None) -> str:
    """What people call a stream: its noun, and its number or the id that people gave it."""
    noun, _, part = stream.partition("/")
    name = part if number is None or noun in NAMED else str(number)
    return session.say(f"noun.{noun}", name=name)


def answer_object(answer: Answer, language: str) -> dict[str, Any]:
    """The answer as JSON shows it; the sentence is null unless it is a refusal."""
    refused = answer.outcome == "refused"
    position = answer.position and {"lane": answer.position[0], "sequence": answer.position[1]}
    return {
        "outcome": answer.outcome,
        "stream": answer.stream,
        "number": answer.number,
        "version": answer.version,
        "events": answer.events,
        "position": position,
        "code": answer.code,
        "facts": answer.facts,
        "sentence": sentence(answer.code or "", answer.facts, language) if refused else None,
        "repeated": answer.repeated,
    }
