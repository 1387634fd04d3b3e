"""Messages, replies, notes and calls, as rows of `columns.CONTACT`."""

from typing import Any

import orjson

from deskledger.projections.personal import ContactValues, Parts, Sealed

JsonObject = dict[str, Any]

_NO_CALL = (None,) * 6
_NOTHING = (None,) * 4


def contact_class(event: JsonObject) -> str | None:
    """Whether a customer waits for an answer to it, or it is a counted agent contact.

    `asked`: a message, unless a rule said that it needs no answer, or a call that came in and
    that nobody took. `answered`: a reply whose author is an agent, or an answered call with an
    agent, in either direction.
    """
    name = event["type"]
    if name == "CustomerMessageReceived":
        return "asked" if event["by"] is None else None
    if name == "ReplySent":
        return "answered" if event["author"]["kind"] == "agent" else None
    if name == "CallLogged":
        if event["answered"]:
            return "answered" if event["agent"] is not None else None
        return "asked" if event["direction"] == "in" else None
    return None


def contact_row(event: JsonObject) -> tuple[Any, ...]:
    """The row of `columns.CONTACT`; what a type of contact does not have is None."""
    attachments, used = event["attachments"], event["used"]
    return (
        event["opening"],
        event["channel"],
        event["inbox"],
        event["direction"],
        event["author"],
        event["format"],
        event["language"],
        _attachments(attachments) if attachments else "[]",
        orjson.dumps(used).decode() if used else "[]",
        event.get("verified"),
        event.get("mentions"),
        *(_call(event) if "voicemail" in event else _NO_CALL),
    )


def contact_values(
    stream: str, number: int, version: int, event: JsonObject
) -> ContactValues | None:
    """The sealed values of a contact, None for none; the ids that thread it stay sealed."""
    get = event.get
    text, sender = event["text"], get("sender")
    to_is = "to" if "to" in event else "recipients"
    recipients, cc, attachments = get(to_is), get("cc"), event["attachments"]
    if not attachments and (text, sender, recipients, cc) == _NOTHING:
        return None
    names = [
        (attachment["id"], f"/attachments/{index}/name", attachment["name"]["$p"])
        for index, attachment in enumerate(attachments)
        if attachment["name"] is not None
    ]
    told = event["type"]
    return (
        stream,
        number,
        version,
        told,
        _parts(text),
        _parts(sender),
        f"/{to_is}",
        _parts(recipients),
        _parts(cc),
        names,
    )


def _parts(sealed: Sealed | None) -> Parts | None:
    return None if sealed is None else sealed["$p"]


def _call(event: JsonObject) -> tuple[Any, ...]:
    return (
        event["started_at"],
        event["ended_at"],
        event["waited_seconds"],
        event["answered"],
        event["agent"],
        event["voicemail"],
    )


def _attachments(attachments: list[JsonObject]) -> str:
    shown = [
        {name: value for name, value in attachment.items() if name != "name"}
        for attachment in attachments
    ]
    return orjson.dumps(shown).decode()
