"""Whether a product fits: the space is what was said now, what the app sent, or what was spoken of before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from showfloor.assistant.fit import Along, Fit, fit
from showfloor.assistant.format import length
from showfloor.assistant.format import size as size_text
from showfloor.assistant.item import Item
from showfloor.assistant.reply import Context, Reply, title_facts
from showfloor.assistant.tools_facts import doubtful, unknown
from showfloor.assistant.understand.turn import Space
from showfloor.search.words import folded

_OPENING = re.compile(r"\bdoor(?:way)?s?\b|\bthrough\b|\bhatch\b|\bgate\b|\bwindow\b|门|窗|穿过|通过")
_ROOM = re.compile(
    r"\broom\b|\bshelf\b|\bbox\b|\bspace\b|\bcorner\b|\bwall\b|\bgap\b|房间|客厅|卧室|架|盒|柜|空间|角|墙|地方|位置"
)
_METRES = {"米": 1.0, "m": 1.0, "厘米": 0.01, "公分": 0.01, "cm": 0.01, "毫米": 0.001, "mm": 0.001}
_HAN_SIDE = re.compile(r"([宽高深])度?[是为约]?\s?(\d{1,6}(?:\.\d{1,4})?)\s?(米|厘米|公分|毫米|cm|mm|m)(?![a-z])")
_SIDE_ZH = {"width": "宽度", "height": "高度", "depth": "深度"}


def wanted_space(c: Context, sent: Space | None) -> Space | None:
    """The space that is meant."""
    slots = c.turn.slots
    if (said := _before_numbers(c.turn.text)) is not None:
        return said
    if slots.space is not None:
        return slots.space
    if slots.length_m is not None:
        return Space(width_m=slots.length_m)
    if sent is not None:
        return sent
    return Space(**c.state.space) if c.state.space else None


def _before_numbers(text: str) -> Space | None:
    """«宽0.2米高0.3米»: in Chinese the side stands before its number, also where no comma parts them."""
    found: dict[str, float] = {}
    for side, number, unit in _HAN_SIDE.findall(folded(text)):
        found.setdefault({"宽": "width_m", "高": "height_m", "深": "depth_m"}[side], float(number) * _METRES[unit])
    return Space(**found) if len(found) > 1 else None


def answer_fit(c: Context, items: Sequence[Item], space: Space | None) -> Reply:
    if space is None:
        return Reply(
            c.say(
                "How large is the space? Tell me its width, depth and height, or the width and height of the door.",
                "请告诉我空间有多大：宽、深、高各多少，或者门的宽和高。",
            ),
            cards=[i.id for i in items],
            asked="fit",
        )
    parts, facts = [], []
    opening = c.state.opening = bool(_OPENING.search(c.text)) or (c.state.opening and not _ROOM.search(c.text))
    for item in items:
        facts += title_facts(item, c.language)
        doubt = item.doubt("size")
        if doubt is not None:
            parts.append(doubtful(c, item, doubt))
            facts += doubt.facts
            continue
        if item.size_m is None:
            parts.append(
                unknown(c, item, "dimensions")
                + c.say(" So I can't tell whether it fits.", "所以我无法判断能不能放下。")
            )
            continue
        result = fit(item.size_m, space, opening=opening)
        if result is None:
            return answer_fit(c, items, None)
        facts += item.size_facts
        parts.append(_said(c, item, result, opening))
    return Reply(("" if c.zh else " ").join(parts), facts, [i.id for i in items])


def _said(c: Context, item: Item, result: Fit, opening: bool) -> str:
    assert item.size_m is not None
    title, size = c.title(item), size_text(item.size_m, c.language)
    if not result.fits:
        text = c.say(
            ["No, {title} does not fit: {why}.", "Unfortunately {title} does not fit: {why}."],
            ["放不下：{title}{why}。", "不行，{title}放不下：{why}。"],
            title=title,
            why=("；" if c.zh else ", and ").join(_too_long(c, s) for s in result.too_long),
        )
        return text
    if result.turned:
        text = c.say(
            "Yes, {title} fits if you turn it by 90 degrees. ", "可以，把{title}转 90 度就放得下。", title=title
        )
    elif opening:
        text = c.say("Yes, {title} fits through. ", "可以，{title}能通过。", title=title)
    else:
        text = c.say(["Yes, {title} fits. ", "Yes, there is room for {title}. "], "可以，{title}放得下。", title=title)
    text += c.say("It is {size}; ", "它的尺寸是{size}；", size=size)
    text += c.say(
        "that leaves {room}.", "还剩{room}。", room=("、" if c.zh else ", ").join(_room(c, s) for s in result.sides)
    )
    if result.tight:
        text += c.say(" That is tight: measure again before you order.", "空间很紧，下单前请再量一次。")
    if result.unknown:
        names = [_SIDE_ZH[s] if c.zh else s for s in result.unknown]
        text += c.say(
            " You didn't say the {sides} of the space; I have not checked that.",
            "您没有说空间的{sides}，这一项我没有核对。",
            sides=("、" if c.zh else " and ").join(names),
        )
    return text


def _too_long(c: Context, s: Along) -> str:
    return c.say(
        "its {side} of {have} is {over} more than the {space}",
        "{side}{have}，比{space}多{over}",
        side=_SIDE_ZH[s.product_side] if c.zh else s.product_side,
        have=length(s.product_m, c.language),
        over=length(-s.room_m, c.language),
        space=length(s.space_m, c.language),
    )


def _room(c: Context, s: Along) -> str:
    return c.say(
        "{room} in {side}",
        "{side}{room}",
        room=length(max(0.0, s.room_m), c.language),
        side=_SIDE_ZH[s.side] if c.zh else s.side,
    )
