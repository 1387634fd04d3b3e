"""Where contacts come in, and which processes of the desk act by themselves."""

from random import Random
from typing import NamedTuple

from deskledger.app.demo.hours import is_open
from deskledger.app.demo.scribe import Source
from deskledger.app.demo.script import Language
from deskledger.domain.shapes import Actor

CLOSER = Source(Actor(kind="system", id="closer"), "process", "closer")
LINKER = Source(Actor(kind="system", id="linker"), "process", "linker", thread="ties-")
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


_SURFACES = {"email": "email", "form": "form"}
_CHATTY = frozenset({"chat", "wecom", "wechat"})


def _channel(slug: str, kind: str, gateway: str, inboxes: tuple[str, str]) -> Channel:
    source = Source(Actor(kind="service", id=gateway), _SURFACES.get(slug, "webhook"), gateway)
    named: dict[Language, str] = {"zh": inboxes[0], "en": inboxes[1]}
    return Channel(slug, named, kind, source, chatty=slug in _CHATTY)


EMAIL = _channel("email", "email", "mail-gateway", ("service-cn", "service-global"))
FORM = _channel("form", "email", "web-form", ("after-sales-form", "support-form"))
PHONE = _channel("phone", "phone", "switchboard", ("hotline-400", "hotline-global"))
CHAT = _channel("chat", "email", "chat-gateway", ("shop-chat", "site-chat"))
WECOM = _channel("wecom", "wecom", "wecom-gateway", ("wecom-service", "wecom-service"))
WECHAT = _channel("wechat", "wechat", "wechat-gateway", ("wechat-account", "wechat-account"))

_CHANNELS: dict[Language, tuple[tuple[Channel, ...], tuple[int, ...]]] = {
    "zh": ((WECOM, PHONE, EMAIL, FORM, WECHAT, CHAT), (24, 24, 14, 16, 12, 10)),
    "en": ((EMAIL, FORM, CHAT, PHONE), (46, 26, 19, 9)),
}
_CALLS_AT_NIGHT = 0.3


def draw_channel(rng: Random, language: Language, at: int, *, business: bool) -> Channel:
    """The channel of a contact; few people call a closed desk, and organisations write."""
    channels, weights = _CHANNELS[language]
    channel = rng.choices(channels, weights)[0]
    late = channel is PHONE and not is_open(at) and rng.random() > _CALLS_AT_NIGHT
    formal = business and channel not in (EMAIL, FORM, PHONE)
    return EMAIL if formal else FORM if late else channel
