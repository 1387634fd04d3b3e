"""What people write, composed from the script's phrases and the facts of a ticket."""

from collections.abc import Mapping
from random import Random

from deskledger.app.demo.facts import refresh
from deskledger.app.demo.script import Language, Lines, Phrases, Script, Voice
from deskledger.app.demo.ticket import Ticket

_DETAIL_SHARE = 0.75
_GREETING_SHARE = 0.45
_REGRET_SHARE = 0.6


class Words:
    """Composes every text of the story; `agent` is always the name that signs."""

    def __init__(self, rng: Random, script: Script) -> None:
        self._rng = rng
        self._script = script

    def request(self, ticket: Ticket) -> str:
        """A customer's first message."""
        lines, voice, rng = self._lines(ticket), self._voice(ticket), self._rng
        parts = [self._say(ticket, lines.stories)]
        if rng.random() < _DETAIL_SHARE:
            parts.append(self._say(ticket, lines.details))
        if ticket.chatty:
            greeting = rng.choice(voice.hellos) if rng.random() < _GREETING_SHARE else ""
            return _joined(ticket.language, greeting, *parts)
        parts.append(self._say(ticket, voice.requests))
        body = _joined(ticket.language, *parts)
        closing = self._say(ticket, voice.closings)
        return f"{rng.choice(voice.greetings)}\n{body}\n\n{closing}"

    def answer(self, ticket: Ticket) -> str:
        """A customer's answer to the desk's question."""
        lines, voice = self._lines(ticket), self._voice(ticket)
        text = self._say(ticket, lines.answers)
        if ticket.chatty or self._rng.random() < _GREETING_SHARE:
            return text
        return f"{self._rng.choice(voice.greetings)}\n{text}\n\n{self._say(ticket, voice.closings)}"

    def customer(self, ticket: Ticket, occasion: str) -> str:
        """What a customer says on an occasion: `nudges`, `thanks`, `again` and so on."""
        text = self.phrase(ticket, occasion)
        if ticket.chatty:
            return text
        return _joined(ticket.language, text, self._say(ticket, self._voice(ticket).closings))

    def question(self, ticket: Ticket, agent: str) -> str:
        """An agent asks for what is missing."""
        return self._letter(ticket, agent, self._lines(ticket).questions)

    def solution(self, ticket: Ticket, agent: str) -> str:
        """An agent says what was done, or what to do."""
        return self._letter(ticket, agent, self._lines(ticket).fixes)

    def holding(self, ticket: Ticket, agent: str) -> str:
        """An agent says what has to be waited for."""
        waiting = self._voice(ticket).waiting
        return self._letter(ticket, agent, waiting[ticket.matter.waits_for or "parts"])

    def phrase(self, ticket: Ticket, occasion: str, agent: str = "") -> str:
        """A phrase of the voices, as it stands."""
        ticket.facts["agent"] = agent or ticket.facts["agent"]
        return self._say(ticket, getattr(self._voice(ticket), occasion))

    def note(
        self,
        ticket: Ticket,
        occasion: str,
        *,
        english: bool,
        group: Mapping[str, str] | None = None,
    ) -> str:
        """A note for colleagues; those who speak English may write it so for an English ticket."""
        language: Language = "zh"
        if ticket.language == "en" and english:
            language = "en"
        lines = ticket.matter.lines(language)
        facts = dict(ticket.facts, group=group[language] if group else "")
        if language == "zh":
            facts.update({name: facts[f"{name}_zh"] for name in ("product", "part", "date")})
        refresh(self._rng, facts)
        facts["note"] = self._rng.choice(lines.notes).format_map(facts)
        phrases = getattr(self._script.voices[language], occasion, None) or lines.notes
        return str(self._rng.choice(phrases)).format_map(facts)

    def call(self, ticket: Ticket, occasion: str) -> str:
        """What an agent writes down about a call; voicemails are what the customer said."""
        lines = self._lines(ticket)
        ticket.facts["story"] = self._say(ticket, lines.stories)
        ticket.facts["fix"] = self._say(ticket, lines.fixes)
        return self.phrase(ticket, occasion)

    def _letter(self, ticket: Ticket, agent: str, phrases: Phrases) -> str:
        ticket.facts["agent"] = agent
        voice, rng = self._voice(ticket), self._rng
        regret = self._say(ticket, voice.regrets) if rng.random() < _REGRET_SHARE else ""
        body = self._say(ticket, phrases)
        if ticket.chatty:
            greeting = self._say(ticket, voice.chat_salutations)
            return _joined(ticket.language, greeting, regret, body)
        greeting = self._say(ticket, voice.salutations)
        text = _joined(ticket.language, regret, body, self._say(ticket, voice.offers))
        return f"{greeting}\n{text}\n\n{self._say(ticket, voice.signatures)}"

    def _say(self, ticket: Ticket, phrases: Phrases) -> str:
        refresh(self._rng, ticket.facts)
        return self._rng.choice(phrases).format_map(ticket.facts)

    def _lines(self, ticket: Ticket) -> Lines:
        return ticket.matter.lines(ticket.language)

    def _voice(self, ticket: Ticket) -> Voice:
        return self._script.voices[ticket.language]


def _joined(language: Language, *parts: str) -> str:
    """Sentences one after another; Chinese has no space between them."""
    return ("" if language == "zh" else " ").join(part for part in parts if part)
