"""Which products a text names: by id, by title, with slips, in either language; and what it names that is not here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import pairwise

from showfloor.assistant.understand import phrases
from showfloor.search.facts import Facts
from showfloor.search.index import Index
from showfloor.search.synonyms import synonyms, whole_names
from showfloor.search.typos import distance
from showfloor.search.values import COLOURS, MATERIALS
from showfloor.search.words import STOP, folded, is_chinese, singular, words

_ASKING, _HAN_ASKING, _BRANDS, _COMMON_WORDS = (
    part.split("\n", 1)[1]
    for part in files(__package__).joinpath("naming_words.txt").read_text("utf-8").strip().split("\n\n")
)
_NOISE = frozenset(_ASKING.split()) | frozenset(words(_ASKING))
_COMMON = frozenset(words(_COMMON_WORDS))
_ENGLISH = _NOISE | _COMMON | {w for text, _ in phrases.intents() for w in words(text)}
"""Words that are no slips of others: «faster» is not «master»."""
_QUALITIES = COLOURS.keys() | MATERIALS.keys()
_QUALITY = 0.4
"""What a colour or material counts beside a word that names a thing."""
_HAN = re.compile("|".join(sorted(_HAN_ASKING.split(), key=len, reverse=True)))
_HAN_NAMES = dict(line.split(" ", 1) for line in _BRANDS.splitlines())
_SPLIT = re.compile(
    r"\s*(?:,|;|\bor\b|\band\b|\bwith\b|\bvs\.?|\bversus\b|\bthan\b|\bto\b|&|\+|，|、|；|和|跟|与|还是|或者|比)\s*"
)
_ID = re.compile(r"[A-Za-z0-9._-]{2,64}")
_NUMBERED = re.compile(
    r"(?:#|\bid\b|\bproduct\b|\bsku\b|\bitem\b|编号|商品号|货号)\s*[:：#]?\s*([A-Za-z0-9._-]{1,64})", re.I
)
_MEASURE = re.compile(
    r"[$€£¥]\s?\d[\d.,]*|\d[\d.,]*\s?(?:cm|mm|m|kg|g|inch(?:es)?|°|degrees?|%|usd|eur|gbp|cny|euros?|dollars?|元|美元|欧元|块"
    r"|厘米|公分|米|毫米|公斤|千克|克|度|件|个|台|只|双|天|年|个月|days?|weeks?|months?|years?|pieces?)(?![a-z])"
    r"|第?[一二两三四五六七八九十几]+[个件台双款部张把条只瓶天年米度]月?"
)
_CONTRACTED = re.compile(r"(?<=[a-z])['’](?:m|re|ve|ll|d|t|s)\b")
_DAYS = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|april|june|july|august|\w{2,5}ember|october"
)
_DIGIT = re.compile(r"\d")
MAX_CHOICES = 6


@dataclass
class Named:
    """``ids`` are named clearly, in the order of the text; else one of ``choices`` is meant; ``unknown``: not here."""

    ids: list[str] = field(default_factory=list)
    choices: list[str] = field(default_factory=list)
    unknown: str = ""
    weak: bool = False
    """Only a colour or a material was said: that names a product where none was spoken of before."""
    own: dict[str, list[str]] = field(default_factory=dict)
    """Words of the text that name them, each with the catalogue's words for it."""
    whole: list[str] = field(default_factory=list)
    """Those of ``ids`` whose title stands there completely."""
    left: list[str] = field(default_factory=list)
    """Words that are neither asking nor naming."""


class Names:
    """Names of all products. Follows the index; call with its lock held or from one thread."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._version = -1
        self._known: dict[str, Facts] = {}
        self._titles: dict[str, list[frozenset[str]]] = {}
        self._by_word: dict[str, set[str]] = {}
        self._by_kind: dict[str, set[str]] = {}
        """Of category and tags too."""

    def all(self) -> frozenset[str]:
        """Titles as they are written."""
        with self._index.lock:
            return frozenset(title for facts in self._known.values() for title in facts.titles.values())

    def titles(self, product_id: str) -> list[str]:
        """Of one product, as they are written, longest first."""
        with self._index.lock:
            return sorted(self._known[product_id].titles.values(), key=len, reverse=True)

    def refresh(self) -> None:
        """Follow the index: only what has changed is read again."""
        with self._index.lock:
            if self._version == self._index.version:
                return
            present = self._index.facts
            for i in [i for i, facts in self._known.items() if present.get(i) is not facts]:
                self._remove(i)
            for i, facts in present.items():
                if i not in self._known:
                    self._add(i, facts)
            self._version = self._index.version

    def _add(self, product_id: str, facts: Facts) -> None:
        titles = [frozenset(_content(t)) for t in facts.titles.values()]
        self._known[product_id] = facts
        self._titles[product_id] = [t for t in titles if t]
        for table, found in self._tables(product_id):
            for word in found:
                table.setdefault(word, set()).add(product_id)

    def _remove(self, product_id: str) -> None:
        for table, found in self._tables(product_id):
            for word in found:
                having = table.get(word, set())
                having.discard(product_id)
                if not having:
                    table.pop(word, None)
        del self._known[product_id], self._titles[product_id]

    def _tables(self, product_id: str) -> list[tuple[dict[str, set[str]], set[str]]]:
        facts = self._known[product_id]
        named = {w for t in self._titles[product_id] for w in t} | set(words(facts.brand))
        return [(self._by_word, named), (self._by_kind, set(facts.title_words.split()))]

    def find(self, text: str, rest: str | None = None) -> Named:
        """Products that ``text`` names; ``rest`` is what of it may name a product (default: all of it)."""
        self.refresh()
        with self._index.lock:
            named = self._find(text, rest)
            if named.ids or named.choices:
                said = self._expanded(_without_measures(text))
                have = {w for i in (named.ids or named.choices) for w in said if i in self._by_kind.get(w, ())}
                for word in said:
                    if word in have:
                        named.own.setdefault(said[word], []).append(word)
                named.whole = [i for i in named.ids if any(t <= said.keys() for t in self._titles.get(i, ()))]
                named.left = [o for o in dict.fromkeys(said.values()) if not any(o in own for own in named.own)]
            return named

    def of_kind(self, named: Named) -> list[str]:
        """All products that have, in name, category or tags, each of the words that ``named`` goes by."""
        with self._index.lock:
            sets = [set().union(*(self._by_kind.get(w, set()) for w in known)) for known in named.own.values()]
            return sorted(set.intersection(*sets)) if sets else []

    def _find(self, text: str, rest: str | None) -> Named:
        whole = self._resolve(text, text if rest is None else rest)
        if whole.ids and not whole.unknown and len(whole.ids) > 1:
            return whole
        parts = [p for p in _SPLIT.split(_without_measures(text)) if p and p.strip()]
        if len(parts) < 2:
            return whole
        found = [self._resolve(p, p) for p in parts]
        ids = list(dict.fromkeys(i for f in found for i in f.ids))
        unknown = next((f.unknown for f in found if f.unknown), "")
        if len(ids) > 1 or (len(ids) == 1 and unknown and not whole.ids):
            return Named(ids, [], unknown)
        chosen = [f for f in found if f.choices]
        return Named(ids, chosen[0].choices) if ids and chosen and not whole.ids else whole

    def _resolve(self, text: str, rest: str) -> Named:
        by_id = self._by_id(text)
        if by_id:
            return Named(by_id)
        said = self._expanded(_without_measures(text))
        asked = self._expanded(_without_measures(rest))
        if not said:
            return Named()
        several = {_unpaired(own): names for own, names in whole_names(_content(_without_measures(text))).items()}
        candidates: dict[str, tuple[float, float]] = {}
        told: dict[str, set[str]] = {}
        full: dict[str, frozenset[str]] = {}
        for i in {i for word in said for i in self._by_word.get(word, ())}:
            here = [(word, own) for word, own in said.items() if i in self._by_kind.get(word, ())]
            explained = {o for w, o in here if w == o or o not in several or self._has_one(i, several[o])}
            if not explained:
                continue
            missing = 99
            for title in self._titles[i]:
                have = title & set(said)
                if have:
                    missing = min(missing, len(title - have))
                if have == title and len(title) > len(full.get(i, ())):
                    full[i] = title
            told[i] = explained
            weight = sum(_QUALITY if own in _QUALITIES else 1.0 for own in explained)
            candidates[i] = (weight, -missing)
        if not candidates:
            kind = {i for word in said for i in self._by_kind.get(word, ())}
            if kind:
                return Named(choices=sorted(kind)[:MAX_CHOICES])
            return Named(unknown=self._left(asked, rest))
        whole = {i: t for i, t in full.items() if not any(t < other for other in full.values())}
        most = max(explained for explained, _ in candidates.values())
        whole = {i: t for i, t in whole.items() if candidates[i][0] == most or len(t) > 1}
        by = {i: {said[w] for w in t} for i, t in whole.items()}
        whole = {i: t for i, t in whole.items() if not any(by[i] < other for other in by.values())}
        whole = {i: t for i, t in whole.items() if not any(told[i] < owns for owns in told.values())}
        if whole:
            return self._whole(text, whole, said)
        best = {i: -missing for i, (explained, missing) in candidates.items() if explained == most}
        ranked = sorted(best, key=lambda i: (best[i], i))
        unknown = self._unknown(asked, ranked, rest)
        if unknown:
            return Named(choices=ranked[:MAX_CHOICES], unknown=as_written(unknown, text))
        clear = most >= 2 and best[ranked[0]] <= 1 and len(ranked) > 1 and best[ranked[1]] - best[ranked[0]] >= 2
        if (len(ranked) == 1 and most >= 1) or clear:
            return Named(ranked[:1])
        return Named(choices=ranked[:MAX_CHOICES], weak=most < 1)

    def _has_one(self, product_id: str, names: list[tuple[str, ...]]) -> bool:
        """Whether a product has all words of one of ``names``."""
        return any(all(product_id in self._by_kind.get(w, ()) for w in name) for name in names)

    def _whole(self, text: str, whole: dict[str, frozenset[str]], said: dict[str, str]) -> Named:
        """Titles that stand there completely: in the order of the text; several products of one title are a choice."""
        by_title: dict[frozenset[str], list[str]] = {}
        written = [i for i in whole if any(t in folded(text) for t in map(folded, self._known[i].titles.values()))]
        shared = {w for i in written for w in whole[i]}
        whole = {i: t for i, t in whole.items() if i in written or not t & shared}
        for i in sorted(whole):
            by_title.setdefault(whole[i], []).append(i)
        low = folded(text)
        order = sorted(by_title, key=lambda t: max((low.find(said[w]) for w in t), default=0))
        twins = [ids for ids in by_title.values() if len(ids) > 1]
        if twins:
            return Named([], twins[0][:MAX_CHOICES])
        return Named([by_title[t][0] for t in order])

    def _by_id(self, text: str) -> list[str]:
        facts = self._index.facts
        numbered = [m[1].rstrip(".") for m in _NUMBERED.finditer(text)]
        plain = [
            m[0].rstrip(".") for m in _ID.finditer(text) if re.search(r"\d", m[0]) and re.search(r"[-_A-Za-z]", m[0])
        ]
        return list(dict.fromkeys(i for i in [*numbered, *plain] if i in facts))

    def _expanded(self, text: str) -> dict[str, str]:
        """Words to look for, each with the word that stands in the text."""
        found = {self._singular_number(word): word for word in _content(text)}
        for word in list(found):
            right = self._index.vocabulary.correct(word) if word not in _ENGLISH else None
            if right is not None and right not in found and word not in COLOURS:
                del found[word]
                found[right] = word
        low = folded(text)
        known = synonyms(_content(text))
        for word, own in known.items():
            found.setdefault(word, _unpaired(own))
        for han, latin in _HAN_NAMES.items():
            if han in low:
                found |= dict.fromkeys(words(latin), han)
        for table in (COLOURS, MATERIALS):
            found |= {english: name for name, english in table.items() if len(name) > 1 and name > "一" and name in low}
        return found

    def _singular_number(self, word: str) -> str:
        """«Jordan 1s»: a number with the s of several."""
        several = re.fullmatch(r"(\w*\d)s", word) and word not in self._by_word and word[:-1] in self._by_word
        return word[:-1] if several else word

    def _unknown(self, asked: dict[str, str], ranked: list[str], rest: str) -> str:
        """Words beside the matching ones that no candidate has: «iPhone 15» where there is 13 only."""
        titles: set[str] = set()
        bodies: set[str] = set()
        for i in ranked[:50]:
            facts = self._index.facts[i]
            titles |= {*facts.title_words.split(), *folded(facts.brand).split()}
            bodies |= set(facts.body_words.split())
        known = {own for word, own in asked.items() if word in titles or (word in bodies and not _DIGIT.search(word))}
        known |= {own for own in asked.values() if own in titles}
        near = known | {word for word in asked if word in titles}
        order = list(dict.fromkeys(asked.values()))
        plain = _QUALITIES | _COMMON
        strange = [own for own in order if own not in known | plain and not is_chinese(own) and len(own) > 1]
        low = latin_brands(folded(rest))
        sure = len(ranked) == 1 and len([w for w in asked if w in titles and w.isascii()]) > 1
        blocking = [own for own in strange if _beside(own, near, low) and not (sure and not _DIGIT.search(own))]
        blocking += [own for own in strange if _DIGIT.search(own) and not sure]
        blocking = blocking or self._never_together(asked, low)
        if blocking:
            return " ".join(own for own in order if own in known or own in blocking)
        if not is_chinese(rest) or sure or any(is_chinese(w) for w in titles):
            return ""
        left = self._han_left(asked, rest)
        return "".join(re.findall(r"[一-鿿\w]+", _HAN.sub("", _without_measures(rest)))) if left else ""

    def _never_together(self, asked: dict[str, str], low: str) -> list[str]:
        """Words side by side that products have, but none has both: «Gucci handbag», «coffee table»."""
        owns = {own for word, own in asked.items() if word in self._by_kind} - _QUALITIES
        for one in owns:
            having = {i for word, own in asked.items() if own == one for i in self._by_kind.get(word, ())}
            for other in owns - {one}:
                both = {i for word, own in asked.items() if own == other for i in self._by_kind.get(word, ())} & having
                if not both and re.search(rf"\b{re.escape(one)}(?:\s+|\s*的\s*){re.escape(other)}", low):
                    return [one, other]
        return []

    def _left(self, asked: dict[str, str], rest: str) -> str:
        """What is named where nothing at all was found."""
        if is_chinese(rest):
            latin = [o for o in dict.fromkeys(asked.values()) if not is_chinese(o) or o in _HAN_NAMES]
            return " ".join([*latin, "".join(self._han_left({}, rest))]).strip()
        order = [own for own in dict.fromkeys(asked.values()) if not own.isdigit() or len(asked) > 1]
        return as_written(" ".join(order), rest)

    def _han_left(self, asked: dict[str, str], rest: str) -> list[str]:
        left = _HAN.sub(" ", latin_brands(_without_measures(rest)))
        names = {own for word, own in asked.items() if word != own} | _HAN_NAMES.keys() | _QUALITIES if asked else set()
        for own in sorted(names, key=len, reverse=True):
            left = left.replace(own, " ") if own > "一" else left
        return re.findall(r"[一-鿿]{2,}", left)


def as_written(words_: str, text: str) -> str:
    """The words as they stand in the text, from the first to the last of them."""
    parts = words_.split()
    low = text.casefold()
    places = [low.find(w) for w in parts]
    if not parts or -1 in places or len(low) != len(text):
        return words_
    begin, end = min(places), max(p + len(w) for p, w in zip(places, parts, strict=True))
    return text[begin:end] if end - begin <= len(words_) + 12 else words_


def _unpaired(own: str) -> str:
    """«微波波炉», two pairs of characters, as «微波炉»."""
    pairs = [own[i : i + 2] for i in range(0, len(own), 2)]
    overlap = len(pairs) > 1 and is_chinese(own) and all(a[1:] == b[:1] for a, b in pairwise(pairs))
    return pairs[0] + "".join(p[1:] for p in pairs[1:]) if overlap else own


def _beside(word: str, known: set[str], text: str) -> bool:
    """Whether a word stands directly before or after one of ``known``."""
    return any(
        re.search(rf"\b(?:{re.escape(word)}\w*\s+{re.escape(k)}|{re.escape(k)}\w*\s+{re.escape(word)})", text)
        for k in known
    )


def latin_brands(low: str) -> str:
    """Brands by their Latin names."""
    for han, latin in _HAN_NAMES.items():
        low = low.replace(han, f" {latin} ")
    return low


_QUESTION_WORDS = """
available cheaper colour compare cost costs deliver delivery depth dimensions height material much price prices return
size stock warranty weigh weight width
"""
_ASKED = tuple(_QUESTION_WORDS.split())


def spelled(low: str) -> str:
    """A folded text with slips in the plainest words of questions put right: «how mcuh»."""

    def right(match: re.Match[str]) -> str:
        word = match[0]
        if word in _ENGLISH or singular(word) in _ENGLISH:
            return word
        return next((known for known in _ASKED if word[0] == known[0] and distance(word, known) == 1), word)

    return re.sub(r"\b[a-z]{4,12}\b", right, low)


def names_brand(text: str) -> bool:
    """Whether a brand stands there by its Chinese name."""
    return any(han in text for han in _HAN_NAMES)


def brand_among(left: list[str], text: str) -> str:
    """A word that names nothing here and is written as a brand is: «Adidas», «索尼»; in Latin letters, or empty."""
    for word in left:
        if word in _HAN_NAMES:
            return _HAN_NAMES[word]
        at = text.casefold().find(word)
        plain = word.isascii() and word.isalpha() and not _DAYS.fullmatch(word)
        if at > 0 and plain and text[at].isupper() and text[at - 2] not in ".?!":
            return word
    return ""


def says_nothing(text: str) -> bool:
    """Whether no word of a text may be part of a name: «something under 100 dollars»."""
    return not [w for w in _content(_without_measures(text)) if not w.isdigit()]


def _content(text: str) -> list[str]:
    """Words that may be part of a name."""
    low = latin_brands(_CONTRACTED.sub(" ", folded(text)))
    if is_chinese(low):
        low = _HAN.sub(" ", low)
    return [w for w in dict.fromkeys(words(low)) if w not in STOP and w not in _NOISE]


def _without_measures(text: str) -> str:
    return _MEASURE.sub(" ", folded(text))
