"""Claims that copy never makes, whatever the product's own texts say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from showfloor.search.words import folded, is_chinese

_HARMLESS = re.compile(
    r"最(?:大(?=承重|容量|功率|尺寸|长度|宽度|高度|输出)|小(?=尺寸|长度|宽度|高度)|近|后|终|多(?=可|容纳|支持)|少|初)"
    r"|第一(?=[次步层代季排])|绝对(?=湿度|值|高度)|永久(?=性)"
)
_KEPT = "\u0001"


def banned(text: str, more: Sequence[str] = ()) -> list[str]:
    """Claims in ``text``, of the built-in list (``claims.txt``) and of ``more``, each once, folded."""
    plain = _HARMLESS.sub(_KEPT, _plain(text))
    return list(dict.fromkeys(_pattern(tuple(more)).findall(plain)))


def without(text: str, more: Sequence[str] = ()) -> str:
    """``text`` without its claims; empty if nothing is left that says something."""
    if not banned(text, more):
        return text
    kept = _pattern(tuple(more), folding=False).sub("", text)
    kept = re.sub(r"\s{2,}", " ", kept).strip(" -–,，、|/·:：")
    return "" if banned(kept, more) or not any(c.isalnum() for c in kept) else kept


def _plain(text: str) -> str:
    return folded(text).replace("’", "'")


@lru_cache(maxsize=64)
def _pattern(more: tuple[str, ...], folding: bool = True) -> re.Pattern[str]:
    lines = files(__package__).joinpath("claims.txt").read_text("utf-8").splitlines()
    listed = [line for line in lines if not line.startswith("# ")]
    names = sorted({_plain(n.strip()) for n in [*listed, *more]} - {""}, key=len, reverse=True)
    parts = [re.escape(n).replace(r"\ ", r"\s+") for n in names if is_chinese(n) or n == "100%"]
    words = [re.escape(n).replace(r"\ ", r"\s+") for n in names if not (is_chinese(n) or n == "100%")]
    pattern = "|".join([rf"(?<![\w])(?:{'|'.join(words)})(?![\w])", *parts])
    return re.compile(pattern, 0 if folding else re.IGNORECASE)
