"""A model phrases what the template says, and is believed only where every sentence passes the checks."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from contextlib import aclosing

from showfloor.grounding.check import unsupported
from showfloor.grounding.facts import Grounds
from showfloor.llm.engine import Engine, EngineError, Message
from showfloor.search.words import folded, is_chinese, singular
from showfloor.writing.claims import banned
from showfloor.writing.length import characters

log = logging.getLogger(__name__)

_TONES = {
    "plain": ("plain and factual", "平实"),
    "warm": ("warm and friendly", "温暖亲切"),
    "luxury": ("restrained and elegant", "克制优雅"),
    "playful": ("playful and light", "活泼轻松"),
}
_SYSTEM_EN = (
    "You are a copy editor. Rewrite the text of the user in a {tone} tone. Use only what it says: no new "
    "property, number, name or promise. At most {limit} characters. Answer with the text alone."
)
_SYSTEM_ZH = (
    "你是文案编辑。请用{tone}的语气改写用户给出的文字。只能使用其中已有的信息，不得添加任何新的特性、数字、名称或承诺。"
    "不超过{limit}个字。只输出改写后的文字。"
)
_WORD = re.compile(r"[a-z][a-z'-]*[a-z]")
_LITTLE = """
a about all also an and any are as at be been both but by can come comes discover each enjoy ever every explore find for
from get give go has have here how i if in introducing into is it its it's just let like look made make makes meet more
now of on once one or our out over own see so take than that the their them then there these they this those through
to too try up us very want was we well what when where which while who why will with you your yours
"""
_FREE = frozenset(_LITTLE.split())
_NEW_SHARE = 0.15
"""Of the pairs of Chinese characters: where more are new, it is no rewriting."""


async def phrased(
    engine: Engine,
    text: str,
    tone: str,
    chinese: bool,
    limit: int,
    grounds: Grounds,
    more_banned: Sequence[str],
    wait_s: float,
) -> str | None:
    """``text`` in the engine's words; None where it gives none in time, or says anything that is not held."""
    if not engine.ready():
        return None
    system = (_SYSTEM_ZH if chinese else _SYSTEM_EN).format(tone=_TONES[tone][chinese], limit=limit)
    messages = [Message("system", system), Message("user", text)]
    pieces: list[str] = []
    try:
        async with asyncio.timeout(wait_s), aclosing(engine.stream(messages, max_tokens=max(64, limit))) as stream:
            async for piece in stream:
                pieces.append(piece)
                if sum(map(len, pieces)) > 2 * limit + 100:
                    return None
    except (EngineError, TimeoutError) as error:
        log.info("copy stands as the template wrote it: %s", error or "the engine was too slow")
        return None
    said = "".join(pieces).strip()
    if not said:
        return None
    # Long texts take a tenth of a second, in which the server would do nothing else.
    found = await asyncio.to_thread(problems, said, text, chinese, limit, grounds, more_banned)
    return None if found else said


def problems(
    said: str, template: str, chinese: bool, limit: int, grounds: Grounds, more_banned: Sequence[str] = ()
) -> list[str]:
    """Why ``said`` may not stand for ``template``: each problem in a few words."""
    found = [f"unsupported: {word}" for word in unsupported(said, grounds)]
    found += [f"claim: {claim}" for claim in banned(said, more_banned)]
    if characters(said) > limit:
        found.append("too long")
    if is_chinese(said) != chinese and is_chinese(template) == chinese:
        found.append("another language")
    if said[-1] not in ".!?。！？…":
        found.append("unfinished")
    known = folded(template + "\n" + grounds.text)
    if chinese:
        pairs = _pairs(folded(said))
        new = pairs - _pairs(known)
        if len(new) > _NEW_SHARE * max(1, len(pairs)):
            found.append("says more than the template")
    else:
        held = {singular(w) for w in _WORD.findall(known)} | _FREE
        found += [f"new word: {w}" for w in _WORD.findall(folded(said)) if w not in _FREE and singular(w) not in held]
    return found


def _pairs(text: str) -> set[str]:
    runs = re.findall(r"[一-鿿]+", text)
    return {run[i : i + 2] for run in runs for i in range(len(run) - 1)}
