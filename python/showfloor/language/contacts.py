"""Links, and how to reach somebody, in a text. Honest sentences hold many numbers: only what is surely one is told."""

from __future__ import annotations

import re

_LINK = re.compile(
    r"https?://|\bwww\.[a-z0-9]|\bt\.me/\w"
    r"|(?<![a-z0-9@.-])(?!(?:amazon|ebay|etsy|walmart|jd|taobao|tmall)\.com\b(?!/))[a-z0-9-]{2,63}"
    r"\.(?-i:com|org|cn|ru|xyz)\b(?!\.\w)"
    r"|(?<![a-z0-9@.-])(?:[a-z0-9-]{2,63}\.(?:net|shop|info|top|io|me|ly|store|online|site)/\w"
    r"|(?=[a-z0-9]{0,62}[-\d])[a-z0-9-]{2,63}\.(?-i:net|shop|info|top|io|me|ly|store|online|site)\b)",
    re.IGNORECASE,
)
_MESSENGER = r"(?:微信|威信|薇信|v信|vx|wx|wechat|whatsapp|telegram|qq群?|扣扣)"
_CONTACT = re.compile(
    r"(?<![a-z0-9._+-])[a-z0-9._+-]{1,64}@[a-z0-9-]{1,63}\.[a-z]{2,}|(?<!\d)1[3-9]\d{9}(?!\d)"
    r"|\+\d[\d ()-]{7,18}\d|(?<![\d-])(?:\(0?\d{2,4}\)|0\d{2,4})[ -]?\d{3,4}[ -]?\d{3,4}(?![\d-])"
    r"|(?<![\d-])\d{3}-\d{3,4}-\d{3,4}(?![\d-])"
    r"|加(?:我|个|一下)?的?\s?(?:微信|威信|薇信|v信|vx|wx|qq|扣扣)"
    r"|[加+]\s?(?:微|薇|v)\s?[:：]?\s?(?=[a-z_-]{0,20}\d)[a-z0-9_-]{5,}"
    rf"|{_MESSENGER}\s?号?\s?[:：]?\s?(?=[+a-z_-]{{0,20}}\d)[+a-z0-9_-]{{5,}}",
    re.IGNORECASE,
)


def has_link(text: str) -> bool:
    return _LINK.search(text) is not None


def has_contact(text: str) -> bool:
    """A phone number, an address or an account."""
    return _CONTACT.search(text) is not None
