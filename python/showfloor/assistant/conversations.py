"""Conversations in the database: found only by the API key and the shopper they belong to."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from showfloor.assistant.state import State
from showfloor.errors import Conflict, NotFound
from showfloor.store.tables import Conversation, DialogueTurn, Event, now

_TURN = re.compile(r"(conv_[0-9a-z]{26})\.(\d{1,9})")


def unknown() -> NotFound:
    """The same for one that never was, one that has expired, and somebody else's."""
    return NotFound(
        "CONVERSATION_UNKNOWN",
        "There is no such conversation, or it has expired.",
        "Begin a new one with an empty conversation_id.",
    )


def load(session: Session, conversation_id: str, key_id: str, shopper_id: str, ttl_h: float) -> State:
    """
    Raises:
        NotFound: CONVERSATION_UNKNOWN.
    """
    row = session.get(Conversation, conversation_id)
    mine = row is not None and row.key_id == key_id and row.shopper_id in ("", shopper_id)
    if row is None or not mine or row.update_time < now() - timedelta(hours=ttl_h):
        raise unknown()
    return State.from_json(row.state, row.version)


def save(session: Session, conversation_id: str, key_id: str, shopper_id: str, state: State) -> None:
    """``state`` after one turn more; only where no other turn was faster.

    Raises:
        Conflict: CONVERSATION_BUSY.
    """
    values = {"state": state.to_json(), "shopper_id": shopper_id, "update_time": now()}
    if state.version == 0:
        session.add(Conversation(id=conversation_id, key_id=key_id, version=1, **values))
        return
    same = (Conversation.id == conversation_id, Conversation.version == state.version)
    changed = update(Conversation).where(*same).values(version=state.version + 1, **values)
    if session.connection().execute(changed).rowcount != 1:
        raise Conflict(
            "CONVERSATION_BUSY",
            "Other turns of this conversation were answered at the same time.",
            "Send the turns of a conversation one after the other.",
        )


def keep(session: Session, turn: DialogueTurn) -> None:
    """Store a turn for training, unless the conversation has been forgotten meanwhile."""
    if session.get(Conversation, turn.conversation_id) is not None:
        session.merge(turn)


def judge(session: Session, turn_id: str, key_id: str, good: bool, comment: str) -> None:
    """
    Raises:
        NotFound: TURN_UNKNOWN.
    """
    found = _TURN.fullmatch(turn_id)
    row = session.get(Conversation, found[1]) if found else None
    number = int(found[2]) if found else 0
    if row is None or row.key_id != key_id or not 1 <= number <= row.version:
        raise NotFound(
            "TURN_UNKNOWN", "There is no such turn, or its conversation has expired.", "Send turn_id of ChatDone."
        )
    turn = session.get(DialogueTurn, (row.id, number))
    if turn is None:
        turn = DialogueTurn(conversation_id=row.id, number=number, key_id=key_id, shopper_id=row.shopper_id)
        turn.language = turn.intent = turn.engine = turn.asked = turn.answered = ""
        session.add(turn)
    turn.good, turn.comment = good, comment


def forget_conversation(session: Session, conversation_id: str, key_id: str) -> int:
    """Its state and its kept turns, also those that outlived it; how many conversations there were.

    Raises:
        NotFound: CONVERSATION_UNKNOWN.
    """
    connection = session.connection()
    own = (Conversation.id == conversation_id, Conversation.key_id == key_id)
    turns = (DialogueTurn.conversation_id == conversation_id, DialogueTurn.key_id == key_id)
    there = session.scalar(select(Conversation.id).where(*own)) or session.scalar(
        select(DialogueTurn.conversation_id).where(*turns).limit(1)
    )
    if there is None:
        raise unknown()
    connection.execute(delete(Conversation).where(*own))
    connection.execute(delete(DialogueTurn).where(*turns))
    return 1


def forget_shopper(session: Session, shopper_id: str, key_id: str | None) -> int:
    """All conversations, kept turns and events of a shopper; with ``key_id`` only what that key's calls made.

    Events belong to no key: they go in any case.
    """
    connection = session.connection()
    chats, turns = [Conversation.shopper_id == shopper_id], [DialogueTurn.shopper_id == shopper_id]
    if key_id is not None:
        chats.append(Conversation.key_id == key_id)
        turns.append(DialogueTurn.key_id == key_id)
    ids = set(session.scalars(select(Conversation.id).where(*chats)))
    ids |= set(session.scalars(select(DialogueTurn.conversation_id).where(*turns)))
    connection.execute(delete(DialogueTurn).where(DialogueTurn.conversation_id.in_(ids)))
    connection.execute(delete(Conversation).where(*chats))
    connection.execute(delete(Event).where(Event.shopper_id == shopper_id))
    return len(ids)
