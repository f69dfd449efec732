"""From a message to a ``Turn``."""

from __future__ import annotations

from assets_pipeline.errors import InputError
from showfloor.assistant.understand.turn import Intent, Slots, Turn
from showfloor.search.embedding import Embedder
from showfloor.search.words import is_chinese

MAX_CHARACTERS = 2000


class Understanding:
    """Understands messages one by one; deterministic, safe to call from several threads.

    Without ``embedder`` words alone decide: good for plain requests, poorer for unusual ones.
    """

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder

    def __call__(self, text: str, *, previous: Intent | None = None, language: str = "") -> Turn:
        """``text`` understood; ``language`` (BCP 47) wins over the text's own, ``previous`` is the last turn's intent.

        Raises:
            InputError: MESSAGE_TOO_LONG, MESSAGE_EMPTY.
        """
        if len(text) > MAX_CHARACTERS:
            raise InputError(
                "MESSAGE_TOO_LONG",
                f"The message has {len(text):,} characters; the limit is {MAX_CHARACTERS:,}.",
                "Send a shorter message.",
            )
        if not text.strip():
            raise InputError("MESSAGE_EMPTY", "The message has no readable character.", "Send a message with words.")
        spoken = language[:2].lower() or ("zh" if is_chinese(text) else "en")
        return Turn(text.strip(), spoken, Intent.OUT_OF_SCOPE, 0.0, Slots(rest=text.strip()), masked=text.strip())
