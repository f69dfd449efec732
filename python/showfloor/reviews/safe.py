"""What is not quoted: addresses and numbers of people, orders to machines, markup, invisible characters."""

from __future__ import annotations

import re
import unicodedata

from showfloor.assistant.understand.injection import looks_like_injection
from showfloor.search.words import folded

_LINK = re.compile(
    r"https?://|www\.|\b[a-z0-9-]{2,}\.(?:com|net|org|cn|shop|ru|info|xyz|top|io|me|ly|store|online|site)\b(?!\w)|t\.me/",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.\w{2,}|(?<!\d)1[3-9]\d{9}(?!\d)|(?<![\d.-])(?=(?:[+ ()-]*\d){9,15}(?!\d))"
    r"(?:\+\d[\d ()-]+|\(?\d{2,4}[ )-]+[\d ()-]+)\d(?![\d.])"
    r"|(?:加|\+)\s*(?:我|v|微|薇|vx|wx|qq)[\w号信:： ]*"
    r"|(?:微信|vx|wechat|whatsapp|telegram|qq群?)\s*[号:：]?\s*[+a-z0-9_-]{5,}",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|prompts?|rules|above|previous|guidelines)"
    r"|system prompt|you are now|act as (?:an?|the)\b|as an ai\b"
    r"|\b(?:assistant|system|user)\s*:|</?(?:system|inst|s|im_)"
    r"|<\|.*?\|>|\[/?inst\]|(?:summari[sz]e|rate|classify|describe) (?:this|the|it|all)\b.{0,40}\bas\b"
    r"|tell (?:the )?(?:customers?|shoppers?|users?|everyone)\b"
    r"|(?:you|ai|model) (?:must|should|shall) (?:say|answer|reply|output|recommend)"
    r"|(?:忽略|无视|忘记|忘掉|不要理会).{0,15}(?:指令|指示|规则|提示|要求|设定|内容|说明)"
    r"|系统提示|你现在是|扮演|作为(?:一个)?(?:ai|人工智能|助手)"
    r"|(?:请|必须|务必)?(?:告诉|回复|回答)(?:所有)?(?:顾客|用户|客户|大家)|(?:请|必须|务必).{0,6}(?:总结|输出|评为|标记)",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<[a-z/!][^>]*>|\{\{|\$\{|```", re.IGNORECASE)


def has_link(text: str) -> bool:
    return _LINK.search(text) is not None


def has_contact(text: str) -> bool:
    """A phone number, an address or an account."""
    return _CONTACT.search(text) is not None


def gives_orders(text: str) -> bool:
    """Speaks to a machine instead of shoppers."""
    return _ORDERS.search(folded(text)) is not None or looks_like_injection(text)


def quotable(text: str) -> bool:
    return not (
        has_link(text)
        or has_contact(text)
        or gives_orders(text)
        or _MARKUP.search(text)
        or any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs") and c != "\u200d" for c in text)
    )
