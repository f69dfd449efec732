"""Statements without a number that need a fact behind them, as ``claims.txt`` lists them."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import NamedTuple

_LINK = re.compile(r"https?://\S+|www\.\S+|\b[\w.+-]+@[\w-]+\.\w+|\b[\w-]+\.(?:com|net|org|cn|shop|io)\b")
_NOT = re.compile(
    r"(?:\b(?:not|no|never|without|nor|neither|cannot|isn't|aren't|doesn't|don't|can't|won't|wasn't)\b(?:\W+\w+){0,3}\W*|"
    r"(?:不|没有|没|无法|无|未|并非|非)(?:能|会|可以|是|提供|支持|含|带|可|再|太|有|到|具备|属于|用|享受|接受|要)*)$"
)
_SPLIT_NEGATIVE = re.compile(r"放不下|放不进")
_OPPOSITE = {"in stock": "sold out", "sold out": "in stock"}
_NEAR = 40


def _table() -> dict[str, re.Pattern[str]]:
    found = {}
    for line in files(__package__).joinpath("claims.txt").read_text("utf-8").splitlines()[1:]:
        name, _, rest = line.partition(" | ")
        english, _, chinese = rest.rpartition(" | ")
        found[name] = re.compile(f"{english.strip()}|{chinese.strip()}")
    return found


CLAIMS = _table()


class Claim(NamedTuple):
    """``yes`` is False where it is denied. ``word``: as it stood there."""

    name: str
    yes: bool
    word: str


def claims(text: str) -> list[Claim]:
    """Claims of a folded text."""
    found = []
    for name, pattern in CLAIMS.items():
        for match in pattern.finditer(text):
            before = re.split(r"[.,;:!?，。；：！？\n]", text[max(0, match.start() - _NEAR) : match.start()])[-1]
            denied = bool(_NOT.search(before)) != bool(_SPLIT_NEGATIVE.search(match[0]))
            found.append(Claim(name, not denied, match[0]))
    return found + [Claim("link", True, m[0]) for m in _LINK.finditer(text)]


def held(text: str) -> set[tuple[str, bool]]:
    """What a folded text of the grounds says: each claim with its polarity; a link with itself."""
    found = {(c.name if c.name != "link" else c.word, c.yes) for c in claims(text)}
    return found | {(_OPPOSITE[name], not yes) for name, yes in found if name in _OPPOSITE}


def holds(said: Claim, ground: set[tuple[str, bool]]) -> bool:
    return (said.word if said.name == "link" else said.name, said.yes) in ground
