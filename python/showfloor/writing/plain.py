"""What a field of a product says, without the marks of the place it was copied from."""

from __future__ import annotations

import html
import re
import unicodedata

_SCRIPT = re.compile(r"<(script|style)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?ul|/?ol|/?tr|/?h[1-6])\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<!--.*?(?:-->|\Z)|</?[a-z][^<>]*>", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\([^()\s]{0,500}\)")
_LINE = re.compile(r"^[ \t]*(?:#{1,6}|>|[*+•·-]|\d{1,2}[.)])[ \t]+", re.MULTILINE)
_EMPHASIS = re.compile(r"(?<![0-9A-Za-z*`])(\*{1,3}|_{2,3}|~~|`{1,3})(?=\S)(.{1,300}?)(?<=\S)\1(?![0-9A-Za-z*`])")
_ZWJ = "\u200d"


def plain(text: str) -> str:
    """``text`` without HTML, Markdown and invisible characters; its lines stay."""
    if "<" in text or "&" in text:
        for _ in range(2):  # shops export tags as entities too
            text = html.unescape(_TAG.sub("", _BREAK.sub("\n", _SCRIPT.sub(" ", text))))
        text = _TAG.sub("", text)
    text = _EMPHASIS.sub(r"\2", _LINE.sub("", _LINK.sub(r"\1", text)))
    return "".join(c for i, c in enumerate(text) if c in "\n\t" or _seen(text, i))


def _seen(text: str, at: int) -> bool:
    if text[at] == _ZWJ:  # it joins emoji to one
        return 0 < at < len(text) - 1 and ord(text[at + 1]) >= 0x2190
    return unicodedata.category(text[at]) not in ("Cc", "Cf", "Co", "Cs", "Cn")
