"""A report as one HTML page that needs nothing but itself."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment, FunctionLoader, StrictUndefined

from deskledger.app.report.sections import Section

ECHARTS = "vendor/echarts-6.1.0/echarts.common.min.js"
_TEMPLATE = "page.html.jinja"


class Page(NamedTuple):
    """What stands on the page beside the sections.

    Attributes:
        language: of its texts, as in `lang`.
        title: which desk and period.
        about: names and values, such as zone and freshness.
        notes: sentences below.
    """

    language: str
    title: str
    about: Mapping[str, str]
    notes: Sequence[str]


def page(told: Page, sections: Sequence[Section]) -> str:
    """The whole page; charts are drawn by the script within it, tables need no script."""
    environment = Environment(
        loader=FunctionLoader(_own_text), autoescape=True, undefined=StrictUndefined
    )
    template = environment.get_template(_TEMPLATE)
    return template.render(told=told, sections=sections, echarts=_own_text(ECHARTS))


def _own_text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
