"""Claims that copy never makes, whatever the product's own texts say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from showfloor.search.words import folded, is_chinese

_CONTENT = (
    "cotton|wool|silk|linen|cashmere|polyester|nylon|leather|viscose|bamboo|acrylic|hemp|rubber|cocoa|arabica|juice"
    "|棉|纯棉|羊毛|羊绒|真丝|桑蚕丝|蚕丝|亚麻|麻|聚酯纤维|涤纶|锦纶|尼龙|腈纶|粘纤|粘胶纤维|牛皮|羊皮|真皮|皮革|莫代尔|果汁|乳胶|羽绒"
)
"""After «100%» these state what something consists of, as labels of textiles must."""
_HARMLESS = re.compile(
    rf"100\s?%\s?(?:{_CONTENT})"
    r"|最(?:大(?=承重|容量|功率|尺寸|长度|宽度|高度|输出)|小(?=尺寸|长度|宽度|高度)|近|后|终|多(?=可|容纳|支持)|少|初)"
    r"|第[一1](?=[次步层代季排0-9])|绝对(?=湿度|值|高度)|永久(?=性)"
)
_KEPT = "\u0001"
_SPELLED = re.compile(r"(?<![a-z0-9])[a-z](?:[-._ ][a-z]){3,}(?![a-z0-9])|(?<=[一-鿿])\s+(?=[一-鿿])")
"""«b-e-s-t», «顶 级»."""


def banned(text: str, more: Sequence[str] = ()) -> list[str]:
    """Claims in ``text``, of the built-in list (``claims.txt``) and of ``more``, each once, folded."""
    plain = _HARMLESS.sub(_KEPT, _plain(text))
    return list(dict.fromkeys(_pattern(tuple(more)).findall(plain)))


def without(text: str, more: Sequence[str] = ()) -> str:
    """``text`` without its claims; empty if nothing is left that says something."""
    if not banned(text, more):
        return text
    kept = _pattern(tuple(more), folding=False).sub("", text)
    kept = re.sub(r"\s{2,}", " ", kept).strip(" -–,，、|/·:：&+")
    return "" if banned(kept, more) or not any(c.isalnum() for c in kept) else kept


def _plain(text: str) -> str:
    return _SPELLED.sub(lambda m: re.sub(r"[-._\s]", "", m[0]), folded(text).replace("’", "'"))


@lru_cache(maxsize=64)
def _pattern(more: tuple[str, ...], folding: bool = True) -> re.Pattern[str]:
    lines = files(__package__).joinpath("claims.txt").read_text("utf-8").splitlines()
    listed = [line for line in lines if not line.startswith("# ")]
    names = sorted({_plain(n.strip()) for n in [*listed, *more]} - {""}, key=len, reverse=True)
    parts = [_escaped(n) for n in names if is_chinese(n) or n == "100%"]
    words = [_escaped(n) for n in names if not (is_chinese(n) or n == "100%")]
    pattern = "|".join([rf"(?<![a-z0-9_])(?:{'|'.join(words)})(?![a-z0-9_])", *parts])
    return re.compile(pattern, 0 if folding else re.IGNORECASE)


def _escaped(name: str) -> str:
    """Words of one name are written apart or with hyphens."""
    return re.sub(r"(?:\\[ -])+", r"(?:\\s+|\\s?[-‐‑–]\\s?)", re.escape(name)).replace("%", r"\s?%")
