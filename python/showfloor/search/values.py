"""Names of colours and materials in English and Chinese."""

from __future__ import annotations

import re

from showfloor.search.words import folded


def _table(lines: str) -> dict[str, str]:
    names = [line.split() for line in lines.strip().splitlines()]
    return {folded(name): row[0] for row in names for name in row}


COLOURS = _table("""
red crimson scarlet 红色 红
blue navy 蓝色 蓝
green olive 绿色 绿
black 黑色 黑
white ivory 白色 白
grey gray 灰色 灰
yellow 黄色 黄
orange 橙色 橘色
pink rose 粉色 粉红 粉
purple violet 紫色 紫
brown tan 棕色 褐色 咖啡色
beige cream 米色
gold golden 金色
silver 银色
""")
MATERIALS = _table("""
wood wooden oak walnut pine bamboo 木 木制 实木 木质 竹
leather 皮 皮革 真皮
cotton 棉 纯棉
steel stainless 钢 不锈钢
metal iron aluminium aluminum 金属 铁 铝
plastic 塑料
glass 玻璃
ceramic porcelain 陶瓷 瓷
wool 羊毛
silk 丝绸 真丝
linen 亚麻
marble 大理石
velvet 丝绒 天鹅绒
""")
_AMBIGUOUS = {
    "rose",
    "gold",
    "orange",
    "cream",
    "olive",
    "pine",
    "tan",
    "glass",
    "iron",
    "stainless",
    "ivory",
    "walnut",
}
"""Words that name a product as often as a property; they count as a property in attributes only."""


def _pattern(table: dict[str, str], *, strict: bool) -> re.Pattern[str]:
    names = sorted((n for n in table if not (strict and (n in _AMBIGUOUS or (n > "一" and len(n) == 1)))), key=len)
    latin = "|".join(n for n in reversed(names) if n < "一")
    chinese = "|".join(n for n in reversed(names) if n > "一")
    return re.compile(rf"(?<![a-z])(?:{latin})(?![a-z])|{chinese}")


_IN_TEXT = {id(t): _pattern(t, strict=False) for t in (COLOURS, MATERIALS)}
_IN_QUERY = {id(t): _pattern(t, strict=True) for t in (COLOURS, MATERIALS)}


def named(text: str, table: dict[str, str]) -> set[str]:
    """Values of ``table`` that ``text`` names, under their first English name."""
    return {table[m] for m in _IN_TEXT[id(table)].findall(folded(text))}


def asked(text: str, table: dict[str, str]) -> list[tuple[str, str]]:
    """Values that a folded query asks for, each with the words that said so; doubtful words are left alone."""
    return [(table[m], m) for m in _IN_QUERY[id(table)].findall(text)]
