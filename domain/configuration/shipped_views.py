"""The views that every desk has: version 0, until it publishes its own of the same name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from deskledger.domain.configuration.view import View

_WORKABLE = {"field": "status", "is": ["new", "open"]}
_UNDERWAY = ["number", "subject", "customer", "priority", "waiting_since", "next_due_at"]


def _view(en: str, zh: str, **members: Any) -> View:
    shown = {"columns": _UNDERWAY, **members}
    return View.model_validate({"format": 1, "names": {"en": en, "zh": zh}, **shown})


SHIPPED_VIEWS: Mapping[str, View] = MappingProxyType(
    {
        "my-open": _view(
            "My open tickets",
            "我的未结工单",
            all=[_WORKABLE, {"field": "agent", "is": ["@me"]}],
        ),
        "my-groups-unassigned": _view(
            "My groups, unassigned",
            "我所在组待领取",
            all=[
                _WORKABLE,
                {"field": "group", "is": ["@my_groups"]},
                {"field": "agent", "empty": True},
            ],
            group_by="group",
        ),
        "intake": _view("Intake", "待指派", all=[_WORKABLE, {"field": "queue", "is": ["@intake"]}]),
        "due": _view(
            "Due soon and late",
            "即将到期与超时",
            all=[_WORKABLE, {"field": "next_due_at", "before": "PT4H"}],
            sort=[["next_due_at", "asc"], ["band", "asc"]],
            columns=["number", "subject", "customer", "group", "agent", "priority", "next_due_at"],
        ),
        "urgent-and-vip": _view(
            "Urgent and VIP",
            "紧急与重要客户",
            all=[_WORKABLE, {"field": "band", "is": [0]}],
            columns=["number", "subject", "customer", "group", "agent", "tier", "priority"],
        ),
        "waiting-for-customer": _view(
            "Waiting for the customer",
            "等待客户回复",
            all=[{"field": "status", "is": ["pending"]}],
            sort=[["status_since", "asc"]],
            columns=["number", "subject", "customer", "agent", "status_reason", "status_since"],
        ),
        "snoozed-until-today": _view(
            "Snoozed until today",
            "今日到期的暂停工单",
            all=[
                {"field": "status", "is": ["pending", "on_hold"]},
                {"field": "waits_until", "before": "@tomorrow"},
            ],
            sort=[["waits_until", "asc"]],
            columns=["number", "subject", "customer", "agent", "status_reason", "waits_until"],
        ),
        "customer-wrote-last": _view(
            "The customer wrote last",
            "客户最后来信",
            all=[{"field": "unanswered_since", "empty": False}],
            sort=[["unanswered_since", "asc"]],
            columns=["number", "subject", "customer", "group", "agent", "unanswered_since"],
        ),
        "solved-today": _view(
            "Solved today",
            "今日已解决",
            settled=True,
            all=[
                {"field": "status", "is": ["solved", "closed"]},
                {"field": "settled_at", "after": "@today"},
                {"field": "resolution", "empty": False},
            ],
            sort=[["settled_at", "desc"]],
            columns=["number", "subject", "customer", "solver", "resolution", "settled_at"],
        ),
        "spam": _view(
            "Spam",
            "垃圾信息",
            settled=True,
            all=[
                {"field": "status", "is": ["closed"]},
                {"field": "status_reason", "is": ["spam"]},
            ],
            sort=[["closed_at", "desc"]],
            columns=["number", "subject", "customer", "channel", "closed_at"],
        ),
    }
)
"""By id, in the order in which they are listed."""
