"""Where contacts come in, and which processes of the desk act by themselves."""

from random import Random
from typing import NamedTuple

from deskledger.app.demo.hours import is_open
from deskledger.app.demo.scribe import Source
from deskledger.app.demo.script import Language
from deskledger.domain.shapes import Actor

CLOSER = Source(Actor(kind="system", id="closer"), "process", "closer")
WAKER = Source(Actor(kind="system", id="waker"), "process", "waker")
ROUTER = Source(Actor(kind="rule", id="route-by-matter", version=1), "process", "router")
RECEIPTS = Source(Actor(kind="bot", id="receipt"), "process", "receipt")


class Channel(NamedTuple):
    """A way to the desk.

    Attributes:
        inboxes: for Chinese and for English.
        kind: of the identity by which it knows a customer.
        chatty: whether people write short messages there.
    """

    slug: str
    inboxes: dict[Language, str]
    kind: str
    source: Source
    chatty: bool = False


def _channel(slug: str, zh: str, en: str, kind: str, gateway: str, *, chatty: bool) -> Channel:
    source = Source(Actor(kind="service", id=gateway), _SURFACES[slug], gateway)
    return Channel(slug, {"zh": zh, "en": en}, kind, source, chatty)


_SURFACES = {
    "email": "email",
    "form": "form",
    "phone": "webhook",
    "chat": "webhook",
    "wecom": "webhook",
    "wechat": "webhook",
}
EMAIL = _channel("email", "service-cn", "service-global", "email", "mail-gateway", chatty=False)
FORM = _channel("form", "after-sales-form", "support-form", "email", "web-form", chatty=False)
PHONE = _channel("phone", "hotline-400", "hotline-global", "phone", "switchboard", chatty=False)
CHAT = _channel("chat", "shop-chat", "site-chat", "email", "chat-gateway", chatty=True)
WECOM = _channel("wecom", "wecom-service", "wecom-service", "wecom", "wecom-gateway", chatty=True)
WECHAT = _channel(
    "wechat", "wechat-account", "wechat-account", "wechat", "wechat-gateway", chatty=True
)

_CHANNELS: dict[Language, tuple[tuple[Channel, ...], tuple[int, ...]]] = {
    "zh": ((WECOM, PHONE, EMAIL, FORM, WECHAT, CHAT), (24, 24, 14, 16, 12, 10)),
    "en": ((EMAIL, FORM, CHAT, PHONE), (46, 26, 19, 9)),
}
_CALLS_AT_NIGHT = 0.15


def draw_channel(rng: Random, language: Language, at: int, *, business: bool) -> Channel:
    """The channel of a contact; few people call a closed desk, and organisations write."""
    channels, weights = _CHANNELS[language]
    channel = rng.choices(channels, weights)[0]
    late = channel is PHONE and not is_open(at) and rng.random() > _CALLS_AT_NIGHT
    formal = business and channel not in (EMAIL, FORM, PHONE)
    return EMAIL if formal else FORM if late else channel
