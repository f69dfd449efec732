"""AssistantService: truthful dialogue about the catalogue."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

from assets_pipeline.errors import InputError
from showfloor.assistant import conversations
from showfloor.assistant.dialogue import Answered, Asked, Dialogue
from showfloor.assistant.phrasing import Phrasing
from showfloor.assistant.understand.turn import Space
from showfloor.errors import Conflict
from showfloor.ids import new_id
from showfloor.llm.engine import Engine
from showfloor.services.call import Call, Scope
from showfloor.services.checks import has_control, shown
from showfloor.services.shelf import Shelf
from showfloor.settings import Settings
from showfloor.shop import Shop
from showfloor.store.database import Database
from showfloor.store.tables import DialogueTurn
from showfloor.v1 import assistant_pb2 as pb
from showfloor.v1.catalog_pb2 import Source
from showfloor.v1.common_pb2 import Size

log = logging.getLogger(__name__)

MAX_ID = 64
MAX_LANGUAGE = 35
MAX_COMMENT = 1000
_MAX_SPACE_M = 1000.0
_TRIES = 5


def _uncounted(outcome: str) -> None:
    """Without a server nothing is counted."""


class AssistantService:
    """Talks with shoppers. Facts come from the catalogue; ``engine`` may add sentences that the facts hold."""

    def __init__(
        self,
        db: Database,
        shelf: Shelf,
        shop: Shop,
        settings: Settings,
        engine: Engine | None = None,
        count: Callable[[str], None] = _uncounted,
    ) -> None:
        self._db, self._settings = db, settings
        self.dialogue = Dialogue(shelf, shop, settings.conversation_ttl_h)
        default = settings.engine == "embedded" and not settings.engine_model  # it knows no Chinese
        self._phrasing = Phrasing(engine, settings.engine_timeout_s, count, chinese=not default)

    async def chat(self, request: pb.ChatRequest, call: Call) -> AsyncIterator[pb.ChatResponse]:
        """The facts leave first; what an engine adds comes after cards, actions and sources.

        Raises:
            InputError: MESSAGE_TOO_LONG, MESSAGE_EMPTY, CHAT_INVALID.
            NotFound: CONVERSATION_UNKNOWN.
            Conflict: CONVERSATION_BUSY.
        """
        began = time.perf_counter()
        asked = _asked(request, call)
        conversation_id = request.conversation_id or new_id("conv")
        answered = await self._take(asked, conversation_id)
        reply, turn = answered.reply, answered.turn
        if turn.injection:
            log.info("a message of %s looks like an injection", conversation_id)
        said = reply.text
        yield pb.ChatResponse(token=said)
        first_ms = _ms(began)
        for card in answered.cards:
            yield pb.ChatResponse(card=card)
        for action in reply.actions:
            yield pb.ChatResponse(action=action)
        for fact in dict.fromkeys(reply.facts):
            yield pb.ChatResponse(source=Source(product_id=fact.product_id, field=fact.field, value=fact.value))
        engine = ""
        if reply.open and self._phrasing.able(answered.language):
            names = self.dialogue.names.all()
            more = self._phrasing.go_on(turn.text, said, reply.facts, names, answered.language)
            async with aclosing(more) as sentences:
                async for sentence in sentences:
                    piece = sentence if answered.language == "zh" else " " + sentence
                    said += piece
                    engine = self._phrasing.name
                    yield pb.ChatResponse(token=piece)
        if self._settings.keep_dialogues:
            await self._db.run(conversations.keep, _kept(answered, asked, conversation_id, said, engine))
        done = pb.ChatDone(
            turn_id=f"{conversation_id}.{answered.state.version + 1}",
            conversation_id=conversation_id,
            first_token_ms=first_ms,
            total_ms=_ms(began),
            hand_over=reply.hand_over,
            intent=turn.intent.value,
            confidence=turn.confidence,
            engine=engine,
        )
        yield pb.ChatResponse(done=done)

    async def feedback(self, request: pb.FeedbackRequest, call: Call) -> pb.FeedbackResponse:
        """The comment is kept, masked, only with ``Settings.keep_dialogues``.

        Raises:
            InputError: FEEDBACK_INVALID. NotFound: TURN_UNKNOWN.
        """
        if len(request.comment) > MAX_COMMENT:
            raise InputError(
                "FEEDBACK_INVALID",
                f"The comment has {len(request.comment):,} characters.",
                f"Use at most {MAX_COMMENT:,}.",
            )
        kept = self._settings.keep_dialogues and request.comment.strip()
        comment = self.dialogue.understand(request.comment).masked if kept else ""
        await self._db.run(conversations.judge, request.turn_id, call.key_id, request.good, comment)
        return pb.FeedbackResponse()

    async def forget(self, request: pb.ForgetRequest, call: Call) -> pb.ForgetResponse:
        """A conversation of this key, or all of a shopper: conversations, kept turns and events.

        A key with ``admin`` forgets a shopper's conversations with every key, another one those with itself.

        Raises:
            InputError: FORGET_INVALID. NotFound: CONVERSATION_UNKNOWN.
        """
        if bool(request.conversation_id) == bool(request.shopper_id):
            raise InputError(
                "FORGET_INVALID", "It needs one of conversation_id and shopper_id.", "Give one of the two, not both."
            )
        if request.conversation_id:
            forget = conversations.forget_conversation
            return pb.ForgetResponse(conversations=await self._db.run(forget, request.conversation_id, call.key_id))
        key_id = None if call.may(Scope.admin) else call.key_id
        number = await self._db.run(conversations.forget_shopper, request.shopper_id, key_id)
        return pb.ForgetResponse(conversations=number)

    async def _take(self, asked: Asked, conversation_id: str) -> Answered:
        """Answer, and save the state before anything leaves; again where another turn was faster."""
        for attempt in range(1, _TRIES + 1):
            answered = await self._db.read(self.dialogue.take, asked)
            state = answered.state
            try:
                await self._db.run(conversations.save, conversation_id, asked.key_id, asked.shopper_id, state)
            except Conflict:
                if attempt == _TRIES:
                    raise
                continue
            return answered
        raise AssertionError("unreachable")


def _asked(request: pb.ChatRequest, call: Call) -> Asked:
    for name, limit in (("product_id", MAX_ID), ("shopper_id", MAX_ID), ("conversation_id", MAX_ID)):
        text = getattr(request, name)
        if len(text) > limit or has_control(text):
            raise _invalid(f"{name} is {shown(text)}", f"Use at most {limit} characters, on one line.")
    if len(request.language) > MAX_LANGUAGE or has_control(request.language):
        raise _invalid(f"language is {shown(request.language)}", 'Use BCP 47: "en", "zh".')
    return Asked(
        text=request.text,
        language=request.language,
        conversation_id=request.conversation_id,
        product_id=request.product_id,
        shopper_id=request.shopper_id,
        key_id=call.key_id,
        space=_space(request.space) if request.HasField("space") else None,
    )


def _space(size: Size) -> Space | None:
    """The space that the app sent; 0 says that a side is not known."""
    sides = (size.x_m, size.y_m, size.z_m)
    if not all(math.isfinite(side) and 0 <= side <= _MAX_SPACE_M for side in sides):
        raise _invalid(
            "space has a side that is no length", f"Give metres, 0 to {_MAX_SPACE_M:,.0f}; 0 for one that is not known."
        )
    if not any(sides):
        return None
    width, height, depth = (side or None for side in sides)
    return Space(width_m=width, height_m=height, depth_m=depth)


def _invalid(problem: str, fix: str) -> InputError:
    return InputError("CHAT_INVALID", f"{problem}.", fix)


def _kept(answered: Answered, asked: Asked, conversation_id: str, said: str, engine: str) -> DialogueTurn:
    turn = answered.turn
    return DialogueTurn(
        conversation_id=conversation_id,
        number=answered.state.version + 1,
        key_id=asked.key_id,
        shopper_id=asked.shopper_id,
        language=answered.language,
        intent=turn.intent.value,
        engine=engine,
        asked=turn.masked,
        answered=said,
        comment="",
    )


def _ms(began: float) -> int:
    return round(1000 * (time.perf_counter() - began))
