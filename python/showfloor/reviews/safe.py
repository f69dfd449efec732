"""What is not quoted: addresses and numbers of people, orders to machines, markup, invisible characters."""

from __future__ import annotations

import re
import unicodedata

from showfloor.language.contacts import has_contact, has_link
from showfloor.language.injection import gives_orders, looks_like_injection

_MARKUP = re.compile(r"<[a-z/!][^<>]*>|\{\{|\$\{|```", re.IGNORECASE)


def quotable(text: str) -> bool:
    return not (
        has_link(text)
        or has_contact(text)
        or gives_orders(text)
        or looks_like_injection(text)
        or _MARKUP.search(text)
        or any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs") and c != "\u200d" for c in text)
    )
