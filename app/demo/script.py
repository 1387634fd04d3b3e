"""What the story draws on: matters, phrases, products and people, from the files beside."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from deskledger.domain.shapes import Frozen

Language = Literal["zh", "en"]
Phrases = tuple[str, ...]


class Lines(Frozen):
    """What is written about a matter in one language, from the first question to the answer."""

    subjects: Phrases
    stories: Phrases
    details: Phrases
    questions: Phrases
    answers: Phrases
    fixes: Phrases
    notes: Phrases


class Matter(Frozen):
    """Something that customers turn to the desk for.

    Attributes:
        group: the group that can settle it.
        weight: how often it comes up, compared with the others.
        burst: whether it comes up only with the faulty batch.
        business: whether only organisations ask for it.
        parts: slugs of the parts that it can be about; of all parts where left out.
        needs: what the desk has to know: serial, order, invoice, waybill, batch.
        asks: probability that the desk has to ask something first.
        waits: probability that it has to wait for somebody, `waits_for`, for so many days.
    """

    slug: str
    kind: Literal["request", "feedback"] = "request"
    type_code: str
    category: Phrases
    families: Phrases
    parts: Phrases = ()
    group: str
    weight: int
    burst: bool = False
    business: bool = False
    needs: Phrases
    asks: float
    waits: float = 0.0
    waits_for: str | None = None
    waits_days: tuple[int, int] = (1, 1)
    priority: str = "normal"
    resolutions: Phrases
    tags: Phrases
    zh: Lines
    en: Lines

    def lines(self, language: Language) -> Lines:
        """What is written about it in a language."""
        return self.zh if language == "zh" else self.en


class Voice(Frozen):
    """What people say whatever the matter is, in one language."""

    greetings: Phrases
    hellos: Phrases
    requests: Phrases
    closings: Phrases
    salutations: Phrases
    chat_salutations: Phrases
    regrets: Phrases
    offers: Phrases
    signatures: Phrases
    nudges: Phrases
    thanks: Phrases
    again: Phrases
    returns_later: Phrases
    withdrawn: Phrases
    reminders: Phrases
    unanswered: Phrases
    unreachable: Phrases
    calls: Phrases
    call_backs: Phrases
    missed: Phrases
    voicemails: Phrases
    receipts: Phrases
    transfers: Phrases
    misrouted: Phrases
    hold_notes: Phrases
    resumed: Phrases
    late_calls: Phrases
    handovers: Phrases
    consults: Phrases
    duplicates: Phrases
    waiting: dict[str, Phrases]


class Spam(Frozen):
    """A message that nobody of the desk wants."""

    language: Language
    subject: str
    text: str


class Part(Frozen):
    """A part of a product, named in both languages."""

    slug: str
    zh: str
    en: str


class Model(Frozen):
    """A product, named in both languages."""

    code: str
    zh: str
    en: str


class Family(Frozen):
    """Products of one kind; the price is in yuan."""

    slug: str
    price: int
    parts: tuple[Part, ...]
    models: tuple[Model, ...]


class GroupRole(Frozen):
    """A group of the desk."""

    id: str
    names: dict[str, str]


class AgentRole(Frozen):
    """An agent of the desk; everybody speaks Chinese, some English too.

    Attributes:
        joins_week: the week of the story, from 1, on whose Monday they join.
        leaves_week: the week after whose Saturday they leave.
        ill: whether they are ill from the last Wednesday on.
    """

    name: str
    alias: str
    group: str
    lead: bool = False
    english: bool = False
    skills: Phrases
    shift: Literal["early", "middle", "late"]
    joins_week: int = 1
    leaves_week: int | None = None
    ill: bool = False


class Names(Frozen):
    """What customers of one language are called, and where they live."""

    family_names: Phrases
    given_names: Phrases
    latin_family_names: Phrases = ()
    titles: Phrases = ()
    cities: Phrases
    places: Phrases
    organisations: Phrases


class Cast(Frozen):
    """Everybody in the story."""

    groups: tuple[GroupRole, ...]
    agents: tuple[AgentRole, ...]
    zh: Names
    en: Names


class Script(Frozen):
    """Everything that the story draws on."""

    matters: tuple[Matter, ...]
    voices: dict[Language, Voice]
    spam: tuple[Spam, ...]
    families: dict[str, Family]
    people: Cast

    def names(self, language: Language) -> Names:
        """What customers of a language are called."""
        return self.people.zh if language == "zh" else self.people.en


@cache
def read_script() -> Script:
    """The script as it is shipped with the software."""
    matters = [
        matter
        for topic in ("faults", "questions", "orders", "money")
        for matter in _read(topic)["matter"]
    ]
    voices = _read("voices")
    return Script.model_validate(
        {
            "matters": matters,
            "voices": {language: voices[language] for language in ("zh", "en")},
            "spam": voices["spam"],
            "families": {family["slug"]: family for family in _read("products")["family"]},
            "people": _read("people"),
        }
    )


def _read(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath("texts", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
