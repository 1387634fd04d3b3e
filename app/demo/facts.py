"""What the texts of a ticket name: the product, numbers, dates, places."""

from datetime import date, timedelta
from random import Random

from deskledger.app.demo.clientele import Customer
from deskledger.app.demo.script import Family, Language, Matter, Model, Part, Script

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
# Matters about an order that is not there yet, or hardly.
_FRESH = frozenset({"delivery", "order"})
BATCH = "B2609"
_BATCH_MODEL = 0


def draw_facts(
    rng: Random, script: Script, matter: Matter, customer: Customer, today: date
) -> dict[str, str]:
    """Draw what a contact is about; a known customer keeps the product and its serial number."""
    family = script.families[rng.choice(matter.families)]
    language = customer.language
    model, serial = _product(rng, family, customer, matter)
    bought = today - timedelta(days=_age(rng, matter))
    part = rng.choice([part for part in family.parts if _concerns(matter, part)] or family.parts)
    quantity = rng.choice((6, 10, 12, 18, 20, 24, 30, 40, 60))
    day = today - timedelta(days=rng.randrange(1, 25))
    facts = {
        "family": family.slug,
        "product": model.zh if language == "zh" else model.en,
        "model": model.code,
        "serial": serial,
        **_numbers(rng, bought, today),
        "part": part.zh if language == "zh" else part.en,
        "part_slug": part.slug,
        "amount": f"{family.price * (quantity // 4 if matter.business else 1) - rng.randrange(90)}",
        "quantity": str(quantity),
        "bought": bought.isoformat(),
        "date": date_text(day, language),
        "product_zh": model.zh,
        "part_zh": part.zh,
        "date_zh": date_text(day, "zh"),
        "city": customer.city,
        "dear": customer.dear,
        "sender": customer.sender,
        "company": customer.company or customer.sender,
        "agent": "",
        "group": "",
        "story": "",
        "fix": "",
        "note": "",
    }
    refresh(rng, facts)
    facts["subject"] = rng.choice(matter.lines(language).subjects).format_map(facts)
    return facts


def _numbers(rng: Random, bought: date, today: date) -> dict[str, str]:
    """What papers and plates say, drawn in this order: another one would be another demo."""
    return {
        "order": f"CY{bought:%y%m%d}{rng.randrange(100_000):05d}",
        "invoice": f"{rng.randrange(10_000_000, 100_000_000)}",
        "waybill": f"YD{rng.randrange(10**11, 10**12)}",
        "rma": f"R{today:%m%d}-{rng.randrange(10_000):04d}",
        "firmware": f"V{rng.randrange(1, 4)}.{rng.randrange(10)}.{rng.randrange(20)}",
        "batch": f"{BATCH}-{rng.randrange(1, 5)}",
    }


def refresh(rng: Random, facts: dict[str, str]) -> None:
    """Draw the small numbers again, so that two messages do not name the same ones."""
    lots = rng.random()
    facts["days"] = str(2 + int(lots * 8))
    facts["percent"] = str(11 + int(lots * 8_500) % 87)
    facts["hours"] = str(2 + int(lots * 1_000) % 4)


def date_text(day: date, language: Language) -> str:
    """A date without its year, as people write it."""
    if language == "zh":
        return f"{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]}"


def _concerns(matter: Matter, part: Part) -> bool:
    return not matter.parts or part.slug in matter.parts


def _product(rng: Random, family: Family, customer: Customer, matter: Matter) -> tuple[Model, str]:
    owned = customer.products.get(family.slug)
    if owned is None:
        index = _BATCH_MODEL if matter.burst else rng.randrange(len(family.models))
        lot = BATCH if matter.burst else f"B26{rng.randrange(1, 9):02d}"
        code = family.models[index].code
        owned = (index, f"{code}-{lot}-{rng.randrange(100_000):05d}")
        customer.products[family.slug] = owned
    index, serial = owned
    return family.models[index], serial


def _age(rng: Random, matter: Matter) -> int:
    """Days since the purchase."""
    if matter.burst:
        return rng.randrange(4, 40)
    return rng.randrange(2, 14) if matter.type_code in _FRESH else rng.randrange(10, 400)
