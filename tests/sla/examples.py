"""A small valid scenario, and expectations of it."""

from __future__ import annotations

from typing import Any

from tests.sla.build import OFFICE

OPEN = {"do": "open", "at": "2026-06-08T10:00:00+02:00", "by": "customer"}
POLICY = {
    "name": "p",
    "calendar": "office",
    "targets": [{"metric": "first_response", "within": "PT1H"}],
}


def document(*expect: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {
        "format": 1,
        "id": "example",
        "source": "",
        "note": "",
        "calendars": {"office": OFFICE},
        "policies": [POLICY],
        "timeline": [OPEN],
        "expect": list(expect),
    } | changed


def clock(**stated: Any) -> dict[str, Any]:
    return {"metric": "first_response", "at": "2026-06-08T10:30:00+02:00"} | stated
