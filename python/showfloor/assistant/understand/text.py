"""Messages made safe to read: nothing invisible, no letters of another script that only look Latin, no floods."""

from __future__ import annotations

import re

from assets_pipeline.errors import InputError
from showfloor.language.visible import visible

MAX_CHARACTERS = 2000
LANGUAGES = ("en", "zh")
_CJK = re.compile(r"[一-鿿㐀-䶿]")
_OTHER_ASIAN = re.compile(r"[぀-ヿ가-힯]")
_LATIN_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
_SPOKEN = re.compile(
    r"\b(?:an?|and|are|at|can|do|does|for|have|hello|how|i|in|is|it|me|my|not|of|on|please|show|thanks|that|the|this|to"
    r"|want|what|when|where|which|who|why|will|with|yes|you|your)\b",
    re.IGNORECASE,
)


def clean(text: str) -> str:
    """``text`` as it reads. Chinese punctuation stays, full-width letters and digits become plain ones.

    Raises:
        InputError: MESSAGE_TOO_LONG, before any work; MESSAGE_EMPTY if nothing readable is left.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            "MESSAGE_TOO_LONG",
            f"The message has {len(text):,} characters; the limit is {MAX_CHARACTERS:,}.",
            "Send a shorter message.",
        )
    read = visible(text)
    if not read:
        raise InputError("MESSAGE_EMPTY", "The message has no readable character.", "Send a message with words.")
    return read


def language(text: str, requested: str = "", previous: str = "") -> str:
    """ "en" or "zh", to answer a cleaned ``text`` in: as requested (BCP 47), else as it is written.

    What tells no language («42», «OK», a product's name) is taken as the ``previous`` message was. Any third language
    is answered in English.
    """
    if requested:
        return "zh" if requested.replace("_", "-").casefold().split("-")[0] in ("zh", "yue", "cmn") else "en"
    chinese, latin = len(_CJK.findall(text)), _LATIN_WORD.findall(text)
    if _OTHER_ASIAN.search(text):
        return "en"
    if chinese:
        return "zh" if chinese >= len(latin) or not _SPOKEN.search(text) else "en"
    if previous in LANGUAGES and len(latin) <= 3 and not _SPOKEN.search(text):
        letters = sum(c.isalpha() for c in text)
        return previous if letters == sum(map(len, latin)) else "en"
    return "en"


_FOREIGN_SCRIPT = re.compile(r"[\u0370-\u04ff\u0590-\u06ff\u0900-\u0e7f぀-ヿ가-힯]")
_FOREIGN_WORDS = """
der das und ist ich wie viel kostet haben sie ein eine nicht mit auf bitte gibt wo welche für kann können
le les est une combien coute coûte avez vous je avec pour pas quel quelle bonjour merci où dans peut puis
el los las es cuanto cuánto cuesta tiene tienen una por con para qué cual cuál hola gracias dónde puedo esta está
il quanto costa avete sono che per dove posso ciao grazie questo questa della di
quanto custa tem você vocês não uma com obrigado onde
hoeveel kost hebben jullie het een niet met waar welke kan
"""
_FOREIGN = frozenset(_FOREIGN_WORDS.split())


def is_foreign(text: str) -> bool:
    """Whether a cleaned text is in a language that is neither English nor Chinese, as its plainest words say."""
    if len(_FOREIGN_SCRIPT.findall(text)) >= 3:
        return True
    if _CJK.search(text):
        return False
    found = [w.casefold() for w in re.findall(r"[^\W\d_]+", text)]
    strange = sum(w in _FOREIGN for w in found)
    return strange >= 2 and strange > len(_SPOKEN.findall(text))
