"""Colours and materials by their exact names; a kind covers what is of that kind: oak is wood, wood is not oak."""

from __future__ import annotations

import re
from importlib.resources import files

_SINGLE = "红蓝绿黑白灰黄粉紫棕"
_COLOUR_OF = dict(
    zip(_SINGLE, ["red", "blue", "green", "black", "white", "grey", "yellow", "pink", "purple", "brown"], strict=True)
)
_SHORT = re.compile(
    rf"(?:(?<=纯)|(?<=亮)|(?<=淡)|(?<=浅)|(?<=深)|(?<![明空坦蛋]))([{_SINGLE}])(?=款|版|的(?!确)|、|和[{_SINGLE}]|$)"
)


def _table() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    terms: dict[str, str] = {}
    translated: dict[str, str] = {}
    parents: dict[str, str] = {}
    for line in files(__package__).joinpath("terms.txt").read_text("utf-8").splitlines()[1:]:
        english, _, chinese = line.partition("|")
        names, _, parent = english.partition("<")
        own = [name.strip() for name in names.split(",")]
        terms |= dict.fromkeys([*own, *chinese.split()], own[0])
        translated |= dict.fromkeys(own, next(iter(chinese.split()), "")) if chinese.split() else {}
        if parent.strip() and parent.strip() not in own:
            parents[own[0]] = parent.strip()
    return terms, parents, translated


TERMS, PARENTS, CHINESE = _table()
"""Each name's first English name; what it is a kind of; an English name's first Chinese one."""
_NAMES = sorted(TERMS, key=len, reverse=True)
_PATTERN = re.compile(
    r"(?<![a-z])(?:"
    + "|".join(re.escape(n) for n in _NAMES if n < "一")
    + r")(?:s|ish)?(?![a-z])(?!-free)|"
    + "|".join(n for n in _NAMES if n > "一")
)
_OTHERWISE = re.compile(
    r"silver lining|gold standard|green light|orange juice|black friday|glass of|white paper|on paper"
)


def terms(text: str) -> dict[str, str]:
    """Colours and materials that a folded text names, under their English name, each with the word that stood there."""
    text = _OTHERWISE.sub(" ", text)
    found = {}
    for match in _PATTERN.finditer(text):
        word = match[0]
        key = word if word in TERMS else word.removesuffix("ish").removesuffix("s")
        found[TERMS[key]] = word
    for match in _SHORT.finditer(text):
        found.setdefault(_COLOUR_OF[match[1]], match[1])
    return found


def covered(named: set[str]) -> set[str]:
    """``named`` and all that they are kinds of."""
    found = set(named)
    for name in named:
        while name in PARENTS:
            name = PARENTS[name]
            found.add(name)
    return found
