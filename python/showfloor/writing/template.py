"""A text from the points of a product, without any model. The same request always gives the same text."""

from __future__ import annotations

from dataclasses import dataclass

from showfloor.grounding.facts import Fact
from showfloor.search.words import folded, is_chinese
from showfloor.writing import phrases
from showfloor.writing.length import characters, cut, fitted
from showfloor.writing.phrases import pick
from showfloor.writing.points import Point, Points

KINDS = ("title", "bullets", "description", "marketing")
TONES = ("plain", "warm", "luxury", "playful")
DEFAULTS = {
    True: {"title": 60, "bullets": 500, "description": 1000, "marketing": 140},
    False: {"title": 150, "bullets": 1000, "description": 2000, "marketing": 280},
}
"""Characters by kind, in Chinese and in English."""
MAX_BULLETS = 5
MAX_BULLET = 200
"""Characters of a sentence that is one."""


@dataclass(frozen=True)
class Copy:
    """``sources``: the facts that the text uses."""

    text: str
    sources: tuple[Fact, ...]


def write(points: Points, kind: str, tone: str, chinese: bool, limit: int, product_id: str) -> Copy:
    """At most ``limit`` characters as people count them. May be empty where nothing fits."""
    seed = (product_id, kind, tone, "zh" if chinese else "en")
    parts = {"title": _title, "bullets": _bullets, "description": _description, "marketing": _marketing}[kind](
        points, tone, chinese, limit, seed
    )
    return Copy(parts, _used(points, parts, chinese))


def _title(points: Points, tone: str, chinese: bool, limit: int, seed: tuple[str, ...]) -> str:
    """Tone plays no part: a title is found by its facts."""
    head = _full_name(points, chinese)
    extra = [v for v in (points.colour, points.material) if v and folded(v) not in folded(head)]
    if points.name and points.kind and not chinese and is_chinese(points.name):
        extra.insert(0, points.kind)
    for count in range(len(extra), -1, -1):
        if chinese:
            text = " ".join([p for p in (head, *extra[:count]) if p])
        else:
            told = ", ".join(_capital(v) for e in extra[:count] for v in e.split(", "))
            text = " – ".join(p for p in (head, told) if p)
        if text and characters(text) <= limit:
            return text
    return points.name if characters(points.name) <= limit and points.name else cut(head, limit)


def _bullets(points: Points, tone: str, chinese: bool, limit: int, seed: tuple[str, ...]) -> str:
    line = _line if chinese or tone == "plain" else _inline
    first = [_capital(line(p, chinese)) for p in points.points if not p.late]
    late = [_capital(line(p, chinese)) for p in points.points if p.late]
    told = [s.rstrip(".。") for s in points.sentences if characters(s) <= MAX_BULLET][:2]
    opening = [points.kind if points.kind != points.name else "", points.brand]
    if chinese:
        head = [f"{a}：{b}" for a, b in zip(("品类", "品牌"), opening, strict=True) if b]
    else:
        head = [f"{a}: {b}" for a, b in zip(("Type", "Brand"), map(_capital, opening), strict=True) if b]
    lines = [*told, *first][: MAX_BULLETS - min(2, len(late))]
    lines += late[: MAX_BULLETS - len(lines)]
    lines += head[: MAX_BULLETS - len(lines)]
    whole = [line for line in (*lines, _full_name(points, chinese)) if line and characters(line) <= limit]
    return fitted([x for x in lines if x in whole] or whole or lines, limit, "\n")


def _description(points: Points, tone: str, chinese: bool, limit: int, seed: tuple[str, ...]) -> str:
    opens, closes = (phrases.OPEN_ZH, phrases.CLOSE_ZH) if chinese else (phrases.OPEN_EN, phrases.CLOSE_EN)
    opening = _opening(pick(opens[tone], "open", *seed), points, chinese)
    parts = [] if not opening or (tone == "plain" and _named(points)) else [opening]
    parts += [_after(parts, s, points.name) for s in points.sentences]
    if points.points:
        tells = phrases.TELL_ZH if chinese else phrases.TELL_EN
        told = ("；" if chinese else "; ").join(_inline(p, chinese) if chinese else _spec(p) for p in points.points)
        parts.append(pick(tells[tone], "tell", *seed).format(points=told))
    if parts[:1] == [opening] and characters(opening) > limit:
        return _title(points, tone, chinese, limit, seed)
    closing = pick(closes[tone], "close", *seed)
    return fitted([*parts, *([closing] if closing else [])], limit, "" if chinese else " ")


def _marketing(points: Points, tone: str, chinese: bool, limit: int, seed: tuple[str, ...]) -> str:
    opens, calls = (phrases.OPEN_ZH, phrases.CALL_ZH) if chinese else (phrases.OPEN_EN, phrases.CALL_EN)
    opening = _opening(pick(opens[tone], "open", *seed), points, chinese)
    call = pick(calls[tone], "call", *seed)
    separator = "" if chinese else " "
    room = limit - characters(separator + call)
    parts = [] if not opening or (tone == "plain" and _named(points)) else [opening]
    parts += [_after(parts, s, points.name) for s in points.sentences[:1]]
    own = [p for p in points.points if _own_words(p)]
    telling = [p for p in own if not p.late and p.label not in ("Dimensions", "尺寸")]
    if not points.sentences:
        telling = telling or own
    if telling:
        told = ("，" if chinese else ", ").join(_inline(p, chinese) for p in telling[:2])
        parts.append(_capital(told) + ("。" if chinese else "."))
    if parts and characters(parts[0]) <= room:
        return fitted(parts, room, separator) + separator + call
    return opening if opening and characters(opening) <= limit else _title(points, tone, chinese, limit, seed)


def _opening(phrase: str, points: Points, chinese: bool) -> str:
    name = _subject(points, chinese)
    if not name:
        return ""
    if chinese:  # a space stands between the scripts, not between Chinese words
        phrase = phrase.replace(" {name}", "{name}") if is_chinese(name[:1]) else phrase
        phrase = phrase.replace("{name} ", "{name}") if is_chinese(name[-1:]) else phrase
    return _capital(phrase.format(name=name, by=_by(points, chinese)))


def _named(points: Points) -> bool:
    """Whether the description begins with the name."""
    return bool(points.sentences) and folded(points.name) in folded(points.sentences[0])


def _own_words(point: Point) -> bool:
    """Whether it is of the language of the text."""
    return not (point.label.startswith("“") or point.value.startswith("“"))


def _after(before: list[str], sentence: str, name: str) -> str:
    """A sentence that begins with the name which has just been said begins with «It»."""
    for verb, short in ((" is ", "It is "), (" are ", "They are ")):
        for head in (f"The {name}{verb}", f"{name}{verb}"):
            if before and name and sentence.startswith(head):
                return short + sentence[len(head) :]
    return sentence


def _full_name(points: Points, chinese: bool) -> str:
    """Brand, name and, where the name does not say it, kind."""
    name, brand, kind = points.name, points.brand, points.kind
    if not name:
        return " ".join(p for p in (brand, _capital(kind)) if p)
    if chinese != is_chinese(name) and not chinese:
        name = f"“{name}”"
    parts = [name] if not brand or folded(brand) in folded(name) else [brand, name]
    if kind and chinese and not is_chinese(name):
        parts.append(kind)
    return " ".join(parts)


def _subject(points: Points, chinese: bool) -> str:
    if chinese or not points.name:
        return _full_name(points, chinese)
    return f"“{points.name}”" if is_chinese(points.name) else points.name


def _by(points: Points, chinese: bool) -> str:
    if chinese or not points.name or not points.brand or folded(points.brand) in folded(points.name):
        return ""
    return f" by {points.brand}"


def _line(point: Point, chinese: bool) -> str:
    if not point.label:
        return _capital(point.value)
    return f"{point.label}：{point.value}" if chinese else f"{point.label}: {point.value}"


def _inline(point: Point, chinese: bool) -> str:
    """Inside a sentence or list: «made of steel»."""
    label, value = point.label, point.value
    if chinese:
        return f"{label} {value}".strip()
    if label in ("Material", "Colour", "Color") and _own_words(point):
        head, _, last = value.rpartition(", ")
        return ("made of " if label == "Material" else "in ") + (f"{head} and {last}" if head else value)
    if label == "Dimensions":
        return value
    if label:
        return f"{_lowered(label)}: {value}"
    return _lowered(value)


def _spec(point: Point) -> str:
    """In a list after a dash: «material: steel»."""
    return point.value if point.label == "Dimensions" else _lowered(_line(point, False))


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _used(points: Points, text: str, chinese: bool) -> tuple[Fact, ...]:
    """Facts whose words stand in the text."""
    plain = folded(text)
    found: list[Fact] = []
    for name in ("name", "brand", "kind", "colour", "material"):
        value = getattr(points, name)
        if value and folded(value) in plain and name in points.sources:
            found.append(points.sources[name])
    found += [points.sources[s] for s in points.sentences if folded(s.rstrip(".。"))[-40:] in plain]
    for point in points.points:
        if folded(point.value) in plain or folded(_inline(point, chinese)) in plain:
            found += point.sources
    return tuple(dict.fromkeys(found))
