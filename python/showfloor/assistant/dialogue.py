"""One turn of a dialogue, from the database to the database: state, understanding, answer, new state."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from showfloor.assistant import conversations
from showfloor.assistant.answers import answer
from showfloor.assistant.naming import Names, as_written
from showfloor.assistant.pronoun import with_pronoun
from showfloor.assistant.recall import remembered
from showfloor.assistant.reply import Context, Reply
from showfloor.assistant.state import State
from showfloor.assistant.understand.turn import Intent, Space, Turn
from showfloor.assistant.understand.understanding import Understanding
from showfloor.search.embedding import Embedder
from showfloor.services.shelf import Shelf
from showfloor.shop import Shop
from showfloor.store.tables import Product
from showfloor.v1 import catalog_pb2

_PASSING = frozenset([Intent.GREETING, Intent.THANKS, Intent.GOODBYE, Intent.HELP, Intent.REPEAT, Intent.OUT_OF_SCOPE])
"""After these the last question is still the one that «and that one?» goes back to."""


@dataclass
class Asked:
    """What a call brings."""

    text: str
    language: str
    conversation_id: str
    product_id: str
    shopper_id: str
    key_id: str
    space: Space | None


@dataclass
class Answered:
    """What leaves, and the state after it."""

    turn: Turn
    reply: Reply
    cards: list[catalog_pb2.Product]
    state: State
    language: str


class Dialogue:
    """Answers turns by facts. Methods block: call them in threads."""

    def __init__(self, shelf: Shelf, shop: Shop, ttl_h: float) -> None:
        self._shelf, self._shop, self._ttl_h = shelf, shop, ttl_h
        self.names = Names(shelf.index)
        self._understanding = Understanding(None)
        self._embedder: Embedder | None = None

    def understand(
        self, text: str, previous: Intent | None = None, language: str = "", previous_language: str = ""
    ) -> Turn:
        """
        Raises:
            InputError: MESSAGE_TOO_LONG, MESSAGE_EMPTY.
        """
        embedder = self._shelf.meaning.embedder
        if embedder is not self._embedder:
            self._understanding, self._embedder = Understanding(embedder), embedder
        return self._understanding(text, previous=previous, language=language, previous_language=previous_language)

    def _about(self, turn: Turn, plain: str) -> Turn:
        return turn if plain == turn.text else self._understanding.about(turn, plain)

    def take(self, session: Session, asked: Asked) -> Answered:
        """
        Raises:
            InputError: MESSAGE_TOO_LONG, MESSAGE_EMPTY.
            NotFound: CONVERSATION_UNKNOWN.
        """
        state = State()
        if asked.conversation_id:
            own = (asked.conversation_id, asked.key_id, asked.shopper_id)
            state = conversations.load(session, *own, self._ttl_h)
        previous = Intent(state.intent) if state.intent in set(Intent) else None
        turn = self.understand(asked.text, previous, asked.language, state.language)
        self._shelf.index.refresh(session)
        moved = asked.product_id and asked.product_id != state.looking
        if moved and session.get(Product, asked.product_id) is not None:
            state.looking = asked.product_id
            state.turn_to([asked.product_id])
        named = self.names.find(turn.text, turn.slots.rest or None)
        named.unknown = as_written(named.unknown, turn.text)
        if len(named.ids) == 1:
            titles = self.names.titles(named.ids[0])
            turn = self._about(turn, with_pronoun(turn.text, titles, named.own, turn.language.startswith("zh")))
        shelf = self._shelf
        context = Context(session, turn, state, self._shop, shelf.finder, shelf.recommender, named, asked.shopper_id)
        reply = answer(context, self.names, asked.space)
        self._remember(context, reply)
        cards = [item.product for item in context.load(reply.cards)]
        return Answered(context.turn, reply, cards, state, context.language)

    def _remember(self, c: Context, reply: Reply) -> None:
        state, turn = c.state, c.turn
        state.language = c.language
        state.upset = turn.upset
        if turn.intent not in _PASSING:
            state.intent = turn.intent.value
            if not reply.asked.startswith("cart_"):
                state.slots = remembered(turn.slots)
        state.asked = reply.asked
        if reply.focus is not None:
            state.turn_to(reply.focus)
