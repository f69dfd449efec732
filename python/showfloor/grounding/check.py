"""Whether a text says only what its grounds hold, in English and Chinese.

The check reads words, not meaning: strict about numbers, prices, colours, materials, sizes, names and listed claims,
and knows nothing of the rest. ``tests/showfloor/grounding_sentences.txt`` measures what it misses.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from showfloor.grounding import claims as said
from showfloor.grounding.facts import Grounds
from showfloor.grounding.quantities import COUNT, Quantity, in_field, is_article, read
from showfloor.grounding.terms import covered, terms
from showfloor.search.words import folded

_ROUNDED = Decimal("0.01")
"""A measure may be rounded to the digits that are shown, by at most this share; money and counts never."""
_SENTENCES = re.compile(r"[^.!?。！？\n]+(?:[.!?。！？](?=[\d\w])[^.!?。！？\n]*)*[.!?。！？\n]*")
_CAPITAL = re.compile(r"(?<![A-Za-z0-9])[a-z]{0,2}[A-Z][\w'’&-]*")
_KNOWN_CAPITALS = {"i", "i'm", "i'll", "i've", "i'd", "ar", "vr", "ok", "3d", "english", "chinese"}
_SIZE = re.compile(
    r"(?<![\w&'’/])(X{0,2}S|M|X{0,3}L|\dXL)(?![\w&'’])|(?:size|尺码|鞋码)\s?[:：]?\s?([A-Z]{1,4}|\d+(?:\.\d)?)\b|(\d+(?:\.\d)?)\s?码"
)
_DENIES = re.compile(r"\s*(?:no|not|none|without)\b|[不无没]")
"""A value that denies what its field's name says: «warranty: no warranty»."""
_BOUND = re.compile(r"[a-z0-9]")


def unsupported(text: str, grounds: Grounds) -> list[str]:
    """Every number, price, colour, material, size, name and claim in ``text`` that ``grounds`` don't hold, as written.

    Empty: the text may leave. Units compare as quantities: 0.6 m, 60 cm and 60 公分 are one; money is exact. Where a
    sentence names one product, only that product's facts count; «60 cm wide» must be a width.
    """
    found: list[str] = []
    for sentence in _SENTENCES.findall(unicodedata.normalize("NFKC", text)):
        scope = _scope(sentence, grounds)
        found += _wrong(sentence, scope)
    return list(dict.fromkeys(found))


def _scope(sentence: str, grounds: Grounds) -> Grounds:
    """The grounds without the facts of products that a sentence about another one does not name."""
    titles = grounds.titles
    if len(titles) < 2:
        return grounds
    low = folded(sentence)
    hits = {i: max((len(n) for n in names if folded(n) in low), default=0) for i, names in titles.items()}
    named = [i for i, length in hits.items() if length]
    others = {f.product_id for f in grounds.facts} - set(titles)
    return grounds.of([*named, *others]) if named and len(named) < len(titles) else grounds


def _wrong(sentence: str, grounds: Grounds) -> list[str]:
    low = folded(sentence)
    ground = _ground(grounds)
    found = [q.text.strip() for q in read(low) if not is_article(q) and not _holds(q, ground.quantities)]
    words = terms(low)
    found += [word for name, word in words.items() if name not in ground.terms]
    found += [c.word for c in said.claims(low) if not said.holds(c, ground.claims)]
    found += _sizes(sentence, ground)
    found += _names(sentence, low, grounds, ground)
    return found


class _Ground:
    """What grounds hold, read once."""

    def __init__(self, grounds: Grounds) -> None:
        self.text = folded(unicodedata.normalize("NFKC", grounds.text))
        self.quantities: list[Quantity] = []
        for fact in grounds.facts:
            self.quantities += in_field(fact.field, folded(fact.value))
        for text in grounds.texts:
            self.quantities += read(folded(text))
        self.terms = covered(set(terms(self.text)))
        named = (f.value if _DENIES.match(folded(f.value)) else f"{f.field}: {f.value}" for f in grounds.facts)
        self.claims = said.held(folded("\n".join([*named, *grounds.texts])))
        stocks = [f.value for f in grounds.facts if f.field == "stock"]
        for stock in stocks:
            self.claims |= {("in stock", stock != "0"), ("sold out", stock == "0")}
        self.words = frozenset(re.findall(r"[a-z0-9]+", self.text))


@lru_cache(maxsize=256)
def _read(grounds: Grounds) -> _Ground:
    return _Ground(grounds)


def _ground(grounds: Grounds) -> _Ground:
    return _read(grounds)


def _holds(q: Quantity, ground: list[Quantity]) -> bool:
    same = [g for g in ground if set(g.kinds) & set(q.kinds)]
    if q.kinds == (COUNT,):
        same += [g for g in ground if g.kinds[0].startswith("money")]
    if q.role:
        same = [g for g in same if g.role == q.role] or [g for g in same if not g.role]
    return any(_equal(q, g) for g in same)


def _equal(q: Quantity, g: Quantity) -> bool:
    if q.value == g.value:
        return True
    if q.kinds == (COUNT,) or q.kinds[0].startswith("money"):
        return False
    off = abs(q.value - g.value)
    return off <= q.step / 2 and off <= _ROUNDED * max(abs(g.value), Decimal("1e-9"))


def _sizes(sentence: str, ground: _Ground) -> list[str]:
    found = []
    for match in _SIZE.finditer(sentence):
        size = folded(match[1] or match[2] or match[3] or "")
        if size not in ground.words and size not in ground.text.split():
            found.append(match[0].strip())
    return found


def _names(sentence: str, low: str, grounds: Grounds, ground: _Ground) -> list[str]:
    found = []
    chinese = [n for n in grounds.names if not n.isascii() and len(n) > 1]
    found += [n for n in chinese if folded(n) in low and folded(n) not in ground.text]
    latin = [n for n in grounds.names if n.isascii() and len(n) > 3 and n in sentence]
    for name in latin:
        at = sentence.find(name)
        inside = at + len(name) < len(sentence) and _BOUND.match(sentence[at + len(name)].lower())
        if not inside and name[:1].isupper() and at > 0 and folded(name) not in ground.text:
            found.append(name)
    begin = re.match(r"[\W_]*", sentence)
    first = begin.end() if begin else 0
    for match in _CAPITAL.finditer(sentence):
        word = folded(match[0]).replace("’", "'")
        plain = re.sub(r"'s$", "", word)
        opened = match.start() == first or sentence[: match.start()].rstrip().endswith((":", "：", "“", "«", '"'))
        parts = re.findall(r"[a-z0-9]+", plain)
        if not opened and word not in _KNOWN_CAPITALS and not all(p in ground.words for p in parts):
            found.append(match[0])
    return found
