"""From a message to a ``Turn``."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from showfloor.assistant.understand.classifier import Array
from showfloor.assistant.understand.heads import INTENTS, MOOD, head
from showfloor.assistant.understand.mood import is_abusive, sounds_upset
from showfloor.assistant.understand.personal import mask
from showfloor.assistant.understand.rules import LIKELY, by_rule, follows
from showfloor.assistant.understand.slots import slots
from showfloor.assistant.understand.text import clean, is_foreign
from showfloor.assistant.understand.text import language as language_of
from showfloor.assistant.understand.turn import Intent, Turn
from showfloor.language.injection import looks_like_injection
from showfloor.search.embedding import Embedder

REJECT = 0.3
"""A best guess that is less likely than this is no understanding: the message is out of scope."""
UPSET, UPSET_COMPLAINT = 0.5, 0.25
"""Least probability of the mood alone, and where the message is understood as a complaint."""
ABUSIVE = 0.6
WEIGHTS = np.array([0.5, 0.5], np.float32)
"""Of a text as it stands and of the text without a product's name."""
_ALSO = 0.7
_CLAUSE = re.compile(
    r"[?？;；。!！]+\s*|[,，]\s*(?:and |also )?|\s+and\s+(?=(?:how|what|is|are|do|does|can|will|where)\b)"
)
_QUESTIONS = frozenset(
    {Intent.PRICE, Intent.STOCK, Intent.DIMENSIONS, Intent.FIT, Intent.WEIGHT, Intent.MATERIAL, Intent.COLOUR}
    | {Intent.ATTRIBUTE, Intent.DELIVERY, Intent.RETURNS, Intent.WARRANTY, Intent.PAYMENT, Intent.REVIEWS}
    | {Intent.COMPATIBILITY, Intent.CART_ADD, Intent.PLACE}
)


class Understanding:
    """Understands messages one by one; deterministic, safe to call from several threads.

    Without ``embedder`` words alone decide: good for plain requests, poorer for unusual ones.
    """

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder
        self._intents, self._mood = head(INTENTS), head(MOOD)
        self._upset = self._mood.labels.index("upset")

    def __call__(
        self, text: str, *, previous: Intent | None = None, language: str = "", previous_language: str = ""
    ) -> Turn:
        """``text`` understood.

        ``language`` (BCP 47) is that of the request and wins over the text's own; ``previous`` and
        ``previous_language`` are what the last turn was understood as.

        Raises:
            InputError: MESSAGE_TOO_LONG, MESSAGE_EMPTY.
        """
        read = clean(text)
        found = slots(read)
        embedding = None if self._embedder is None else self._embedder.query(read)[None]
        chances = self._intents.probabilities([read], embedding)[0]
        best = np.argsort(-chances, kind="stable")[:3]
        scores = tuple((Intent(self._intents.labels[i]), round(float(chances[i]), 4)) for i in best)
        intent, confidence = scores[0]
        abusive, masked = is_abusive(read), mask(read)
        if rule := by_rule(read, found, previous):
            intent, confidence = rule
        elif (before := follows(read, previous)) is not None and (confidence < LIKELY or intent is Intent.OUT_OF_SCOPE):
            intent, confidence = before, LIKELY
        elif abusive and (confidence < _ALSO or intent in (Intent.OUT_OF_SCOPE, Intent.ABUSE)):
            intent, confidence = Intent.ABUSE, LIKELY
        elif confidence < REJECT:
            intent, confidence = Intent.OUT_OF_SCOPE, 1 - confidence
        return Turn(
            text=read,
            language=language_of(read, language, previous_language),
            intent=intent,
            confidence=round(confidence, 4),
            slots=found,
            upset=self._is_upset(read, embedding, intent),
            abusive=abusive or (intent is Intent.ABUSE and confidence >= ABUSIVE),
            masked=masked,
            foreign=is_foreign(read),
            personal=masked != read,
            injection=looks_like_injection(text),
            also=self._also(read, intent) if intent in _QUESTIONS else (),
            scores=scores,
        )

    def about(self, turn: Turn, plain: str) -> Turn:
        """``turn`` understood again from ``plain``, its text without the name of a product.

        A name says nothing of what is asked, and weighs on the likeness to known phrases: the mean of both decides,
        unless a rule had decided.
        """
        if (turn.intent, turn.confidence) != turn.scores[0] and turn.intent is not Intent.OUT_OF_SCOPE:
            return turn
        embeddings = None
        if self._embedder is not None:
            embeddings = np.stack([self._embedder.query(turn.text), self._embedder.query(plain)])
        chances = WEIGHTS @ self._intents.probabilities([turn.text, plain], embeddings)
        best = np.argsort(-chances, kind="stable")[:3]
        scores = tuple((Intent(self._intents.labels[i]), round(float(chances[i]), 4)) for i in best)
        intent, confidence = scores[0]
        if confidence < REJECT:
            intent, confidence = Intent.OUT_OF_SCOPE, round(1 - confidence, 4)
        return replace(turn, intent=intent, confidence=confidence, scores=scores)

    def _is_upset(self, text: str, embedding: Array | None, intent: Intent) -> bool:
        least = UPSET_COMPLAINT if intent is Intent.COMPLAINT else UPSET
        return sounds_upset(text) or float(self._mood.probabilities([text], embedding)[0, self._upset]) >= least

    def _also(self, text: str, first: Intent) -> tuple[Intent, ...]:
        """Intents of the other questions in a message of two or three, told from their words."""
        clauses = [c for c in _CLAUSE.split(text) if c.strip()]
        if not 2 <= len(clauses) <= 4:
            return ()
        chances = self._intents.probabilities(clauses, None)
        found = [Intent(self._intents.labels[row.argmax()]) for row in chances if row.max() >= _ALSO]
        return tuple(dict.fromkeys(i for i in found if i in _QUESTIONS and i is not first))
