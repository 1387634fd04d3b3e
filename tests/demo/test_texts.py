"""What people write: in both languages, to the point, and hardly ever twice the same."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from random import Random

import pytest

from deskledger.app.demo.channels import CHAT, EMAIL
from deskledger.app.demo.clientele import Customer
from deskledger.app.demo.facts import draw_facts
from deskledger.app.demo.plan import Plan
from deskledger.app.demo.script import Language, Matter, Voice, read_script
from deskledger.app.demo.ticket import Ticket
from deskledger.app.demo.words import Words
from deskledger.domain.shapes import Actor
from deskledger.domain.ticket.contact_commands import AddNote, LogCall, ReceiveMessage, SendReply
from deskledger.domain.ticket.together import Together
from tests.demo.telling import told

SCRIPT = read_script()
LANGUAGES: tuple[Language, ...] = ("zh", "en")
CHINESE = re.compile("[\u4e00-\u9fff]")
OCCASIONS = sorted(set(Voice.model_fields) - {"waiting", "transfers", "misrouted"})


def drawn(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - texts keep nothing secret


def customer(language: Language) -> Customer:
    chinese = language == "zh"
    return Customer(
        stream="customer/x",
        actor=Actor(kind="customer", id="x"),
        language=language,
        dear="王女士" if chinese else "Emma",
        sender="王芳" if chinese else "Emma Reid",
        city="苏州" if chinese else "Lyon",
        company="",
        tier="standard",
        addresses={},
    )


def ticket(rng: Random, matter: Matter, language: Language) -> Ticket:
    writer = customer(language)
    facts = draw_facts(rng, SCRIPT, matter, writer, date(2026, 11, 3))
    channel = rng.choice((EMAIL, CHAT))
    return Ticket("", matter, writer, language, channel, facts, 0, 0)


def texts(plan: Plan) -> Iterator[str]:
    """Every text of a story's contacts."""
    for step in told(plan):
        command = step.command
        for part in command.parts if isinstance(command, Together) else (command,):
            if isinstance(part, ReceiveMessage | SendReply | AddNote | LogCall) and part.text:
                yield part.text


@pytest.fixture(scope="module")
def written() -> list[str]:
    return list(texts(Plan(seed=7, tickets=600)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("matter", SCRIPT.matters, ids=lambda matter: matter.slug)
def test_every_phrase_of_a_matter_is_filled_in(matter: Matter, language: Language) -> None:
    facts = ticket(drawn(1), matter, language).facts
    for name, phrases in matter.lines(language):
        assert phrases, name
        for phrase in phrases:
            filled = phrase.format_map(facts)
            assert "{" not in filled
            assert bool(CHINESE.search(filled)) == (language == "zh"), filled


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("occasion", OCCASIONS)
def test_every_phrase_of_an_occasion_is_filled_in(occasion: str, language: Language) -> None:
    facts = ticket(drawn(2), SCRIPT.matters[0], language).facts
    for phrase in getattr(SCRIPT.voices[language], occasion):
        filled = phrase.format_map(facts)
        assert not filled or language == "en" or CHINESE.search(filled)
        assert language == "zh" or not CHINESE.search(filled)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_waited_for_is_said_in_both_languages(language: Language) -> None:
    awaited = {matter.waits_for for matter in SCRIPT.matters if matter.waits}
    assert awaited == set(SCRIPT.voices[language].waiting)


def test_matters_name_groups_families_and_parts_that_exist() -> None:
    groups = {group.id for group in SCRIPT.people.groups}
    for matter in SCRIPT.matters:
        assert matter.group in groups
        for family in matter.families:
            parts = {part.slug for part in SCRIPT.families[family].parts}
            assert not matter.parts or parts & set(matter.parts), (matter.slug, family)


@pytest.mark.parametrize("language", LANGUAGES)
def test_customers_and_agents_write_in_the_customers_language(language: Language) -> None:
    rng = drawn(3)
    words = Words(rng, SCRIPT)
    for matter in SCRIPT.matters:
        one = ticket(rng, matter, language)
        written = [words.request(one), words.answer(one), words.question(one, "Tong Lin")]
        written += [words.solution(one, "Tong Lin"), words.customer(one, "nudges")]
        for text in written:
            assert bool(CHINESE.search(text)) == (language == "zh"), text


def test_a_story_is_written_in_both_languages(written: list[str]) -> None:
    chinese = sum(bool(CHINESE.search(text)) for text in written)
    assert len(written) / 2 < chinese < len(written) * 0.9


def test_hardly_any_text_stands_twice(written: list[str]) -> None:
    counts = Counter(written)
    assert counts.most_common(1)[0][1] < len(written) / 100
    assert len(counts) > len(written) * 0.85


def test_no_text_shows_how_it_was_made(written: list[str]) -> None:
    assert not [text for text in written if "{" in text or "}" in text or "  " in text]
    assert not [text for text in written if text != text.strip()]
