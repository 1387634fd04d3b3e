"""What each refusal means and what to do next, in the languages of the desk's people.

An answer is stored as code and facts; the sentence is rendered when it is read, so better words
never change what was recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

SENTENCES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "ticket_closed": {
            "en": "The ticket has been closed since {since}; open a follow-up ticket instead.",
            "zh": "工单已于 {since} 关闭；请新建一张跟进工单。",
        },
        "ticket_solved": {
            "en": "The ticket has been solved since {since}; reopen it first.",
            "zh": "工单已于 {since} 解决；请先重新打开。",
        },
        "not_solved": {
            "en": "The ticket is {status}, not solved; solve it first, or close it with reason "
            "withdrawn, spam, duplicate or test.",
            "zh": "工单处于 {status} 状态，尚未解决；请先解决，"
            "或以 withdrawn、spam、duplicate、test 之一为由关闭。",
        },
        "ticket_merged": {
            "en": "The ticket has become a part of ticket {into}; work on that one.",
            "zh": "工单已并入工单 {into}；请在该工单上处理。",
        },
        "blocked_by_ticket": {
            "en": "The tickets {tickets} come first; solve them, or unlink them.",
            "zh": "须先处理工单 {tickets}；请先解决，或解除关联。",
        },
        "clock_stopped": {
            "en": "The clock {metric} {instance} runs no more, so there is nothing to escalate; "
            "escalate the ticket by hand if it needs more.",
            "zh": "时限 {metric} {instance} 已停止，无需升级；如仍有需要，请手动升级工单。",
        },
        "taken_by_other": {
            "en": "Agent {agent} has had the ticket since {since}; ask for it, or assign it.",
            "zh": "客服 {agent} 自 {since} 起负责此工单；请与其协商，或改用指派。",
        },
        "resolution_required": {
            "en": "Say how the ticket was solved: state a resolution.",
            "zh": "请说明工单如何解决：填写解决方式。",
        },
        "reason_required": {
            "en": "State a reason to make the ticket {status}.",
            "zh": "将工单设为 {status} 需要填写原因。",
        },
        "code_unknown": {
            "en": "The desk has no {what} {value}; the nearest valid one is {nearest}.",
            "zh": "服务台没有 {what} {value}；最接近的有效代码是 {nearest}。",
        },
        "field_unknown": {
            "en": "Tickets of this type have no field {field}; the nearest name is {nearest}.",
            "zh": "此类工单没有字段 {field}；最接近的有效名称是 {nearest}。",
        },
        "field_missing": {
            "en": "Set these fields first, they are required to {moment} the ticket: {fields}.",
            "zh": "请先填写以下字段（{moment} 时必填）：{fields}。",
        },
        "version_withdrawn": {
            "en": "Version {version} of {kind} {id} was withdrawn; use one that is in force.",
            "zh": "{kind} {id} 的第 {version} 版已撤回；请使用有效版本。",
        },
        "version_unknown": {
            "en": "There is no version {version} of this {kind}; the newest is {published}.",
            "zh": "此 {kind} 没有第 {version} 版；最新为第 {published} 版。",
        },
        "version_changed": {
            "en": "Version {published} was published meanwhile, {replaces} is not the newest any "
            "more; look at what changed, then publish for {published}.",
            "zh": "其间已发布第 {published} 版，第 {replaces} 版已非最新；"
            "请查看差异后以第 {published} 版为基础再次发布。",
        },
        "last_version": {
            "en": "Without version {version} nothing would be in force; publish another first.",
            "zh": "撤回第 {version} 版后将没有有效配置；请先发布另一版。",
        },
        "calendar_missing": {
            "en": "Without version {version} the service levels would not have the calendar "
            "{calendar}, by which the desk counts its business time; first publish some that have "
            "it, or a desk document that names another.",
            "zh": "撤回第 {version} 版后，服务级别中将没有服务台用来计算营业时间的日历 {calendar}；"
            "请先发布包含它的服务级别，或发布改用其他日历的服务台文档。",
        },
        "due_not_found": {
            "en": "A calendar of the service levels has too little working time ahead for a due "
            "time; publish one with more hours, or a shorter target.",
            "zh": "服务级别所用日历的工作时间不足，无法得出到期时间；"
            "请发布工时更多的日历或更短的目标。",
        },
        "too_long": {
            "en": "This is more than one commit holds; send less at a time, or attach a file.",
            "zh": "内容超出一次提交的上限；请分次提交，或作为附件上传。",
        },
        "too_many": {
            "en": "At most {limit} {what} are kept here; remove some first.",
            "zh": "此处最多保留 {limit} 个 {what}；请先移除一部分。",
        },
        "agent_unknown": {
            "en": "There is no agent {agent}; look the agent up, or add one.",
            "zh": "没有客服 {agent}；请查询后重试，或先添加该客服。",
        },
        "agent_left": {
            "en": "Agent {agent} has left the desk; name another agent.",
            "zh": "客服 {agent} 已离开服务台；请指定其他客服。",
        },
        "agent_not_in_group": {
            "en": "Agent {agent} is not in group {group}; name a group of that agent as well, "
            "or add the agent to the group.",
            "zh": "客服 {agent} 不在组 {group} 中；请同时指定该客服所在的组，或先将其加入该组。",
        },
        "group_unknown": {
            "en": "There is no group {group}; look the group up, or form it.",
            "zh": "没有组 {group}；请查询后重试，或先建立该组。",
        },
        "group_closed": {
            "en": "Group {group} is closed; name another group.",
            "zh": "组 {group} 已关闭；请指定其他组。",
        },
        "last_member": {
            "en": "Nobody would be left for the tickets of group {group}; close the group and name "
            "its successor.",
            "zh": "组 {group} 的工单将无人处理；请关闭该组并指定接替的组。",
        },
        "customer_unknown": {
            "en": "There is no customer {customer}; look the customer up, or register them.",
            "zh": "没有客户 {customer}；请查询后重试，或先登记该客户。",
        },
        "customer_merged": {
            "en": "Customer {customer} was merged into {into}; use that customer.",
            "zh": "客户 {customer} 已并入 {into}；请使用该客户。",
        },
        "customer_blocked": {
            "en": "Customer {customer} is blocked; unblock the customer, or write to them as an "
            "agent.",
            "zh": "客户 {customer} 已被屏蔽；请先解除屏蔽，或由客服主动联系。",
        },
        "identity_taken": {
            "en": "This address belongs to customer {customer}; use that customer, or release the "
            "address there first.",
            "zh": "此地址属于客户 {customer}；请使用该客户，或先在其名下释放此地址。",
        },
        "identity_unverified": {
            "en": "This address leads to customer {customer}, and it was not shown to be anybody "
            "else's; verify it first.",
            "zh": "此地址属于客户 {customer}，且未核实归他人所有；请先核实。",
        },
        "field_invalid": {
            "en": "{field} does not take this value; it takes {expected}.",
            "zh": "{field} 不接受此值；可接受：{expected}。",
        },
        "link_to_itself": {
            "en": "It cannot be linked to itself; name another one.",
            "zh": "不能与自身关联；请指定其他对象。",
        },
        "link_unknown": {
            "en": "There is no ticket {ticket}; look it up by its number.",
            "zh": "没有工单 {ticket}；请按编号查询。",
        },
        "already_merged": {
            "en": "Ticket {ticket} has become a part of ticket {into}; name that one.",
            "zh": "工单 {ticket} 已并入工单 {into}；请改用后者。",
        },
        "already_redacted": {
            "en": "This of interaction {interaction} was redacted before; nothing is left of it.",
            "zh": "互动 {interaction} 的相应内容此前已清除，无需再次操作。",
        },
        "interaction_unknown": {
            "en": "The ticket has no interaction {interaction} with such a part; look it up in the "
            "ticket's history.",
            "zh": "工单中没有互动 {interaction} 或其所述部分；请在工单历史中查询。",
        },
        "time_before_opening": {
            "en": "It began at {opened_at}; state a time from then on, not {occurred_at}.",
            "zh": "起始时间为 {opened_at}；请填写此后的时间，而非 {occurred_at}。",
        },
        "time_in_future": {
            "en": "{occurred_at} is more than five minutes ahead; state when it happened, or leave "
            "the time out.",
            "zh": "{occurred_at} 超前当前时间五分钟以上；请填写实际发生时间，或不填时间。",
        },
        "late_not_permitted": {
            "en": "Something later, of {latest_at}, is recorded already; leave the time "
            "{occurred_at} out, or ask somebody with the right record_late.",
            "zh": "已有更晚的记录（{latest_at}）；补录 {occurred_at} 需要 record_late 权限；"
            "请不填时间，或请有权限者补录。",
        },
        "not_permitted": {
            "en": "Only an actor of kind or role {needs} can do this; act as one.",
            "zh": "只有身份或角色为 {needs} 者才能执行此操作；请以此身份操作。",
        },
        "key_reused": {
            "en": "This key was used for another command; use a new key.",
            "zh": "此键已用于其他命令；请使用新的键。",
        },
        "stream_unknown": {
            "en": "{stream} is not there; check the id, or create it first.",
            "zh": "{stream} 不存在；请核对编号，或先创建。",
        },
        "stream_exists": {
            "en": "{stream} exists already; use another id, or change the one that is there.",
            "zh": "{stream} 已存在；请使用其他编号，或修改现有的。",
        },
    }
)
"""By code and language; every code that the desk gives has a sentence in each language."""

_OTHER = {
    "en": "The desk refuses this: {code}.",
    "zh": "服务台拒绝了此操作：{code}。",
}
_PART = {"en": "Part {number}: ", "zh": "第 {number} 项："}


def sentence(code: str, facts: Mapping[str, Any], language: str = "en") -> str:
    """Say in one sentence what was refused and what to do next.

    Args:
        code: the refusal's code; one of newer software is told as it is.
        facts: the refusal's facts.
        language: a BCP 47 tag; what is not Chinese is answered in English.
    """
    spoken = "zh" if language.lower().split("-")[0] == "zh" else "en"
    template = SENTENCES.get(code, _OTHER)[spoken]
    part = _PART[spoken].format(number=facts["index"] + 1) if "index" in facts else ""
    told = {name: _told(value) for name, value in facts.items()}
    return part + template.format_map(_Facts({"code": code, **told}))


def _told(value: Any) -> Any:
    """A fact as it stands in a sentence: lists without their brackets, null as a dash."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "–" if value is None else value


class _Facts(dict[str, Any]):
    """Facts of another version's refusal may lack a name that the sentence has."""

    def __missing__(self, name: str) -> str:
        return "?"
