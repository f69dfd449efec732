"""A message with «it» where it names a product: what is asked, without what it is asked of."""

from __future__ import annotations

import re
from collections.abc import Collection

from showfloor.search.words import is_chinese

_WORD = re.compile(r"[A-Za-z0-9']+")
_BETWEEN = re.compile(r"[\s&,.'’-]*(?:(?:and|of|with|the|for|de)\b\s*)?")
_THE = re.compile(r"\b(?:the|a|an|your|this|that|these|those|one of the)\s+$", re.I)


def with_pronoun(text: str, titles: Collection[str], own: Collection[str], chinese: bool) -> str:
    """``text`` with its product names, ``titles`` or words ``own`` of them, as one pronoun each."""
    low = text.casefold()
    if len(low) != len(text):
        return text
    spans: list[tuple[int, int]] = []
    for title in titles:
        at = low.find(title.casefold())
        if at >= 0:
            end = at + len(title)
            spans.append((at, end + (low[end : end + 2] in ("s", "s ", "s?"))))
    for word in own:
        if is_chinese(word):
            spans += [m.span() for m in re.finditer(re.escape(word), low)]
    for match in _WORD.finditer(low):
        if any(o.isascii() and match[0].startswith(o) and len(match[0]) - len(o) <= 2 for o in own):
            spans.append(match.span())
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if joined and (begin <= joined[-1][1] or _BETWEEN.fullmatch(low[joined[-1][1] : begin])):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    for begin, end in reversed(joined):
        before = text[:begin]
        if article := _THE.search(before):
            before = before[: article.start()]
        text = before + ("这个" if chinese else "it") + text[end:]
    return text
