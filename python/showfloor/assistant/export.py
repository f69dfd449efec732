"""Kept dialogues as lines for training: ``{"messages": [{"role": …, "content": …}, …]}``, one conversation a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from showfloor.store.tables import DialogueTurn


def export(session: Session, *, without_bad: bool = False) -> Iterator[str]:
    """Conversations in the order of their beginning; texts are masked as they are kept.

    With ``without_bad`` turns with thumbs down are left out.
    """
    rows = select(DialogueTurn).where(DialogueTurn.asked != "").order_by(
        DialogueTurn.conversation_id, DialogueTurn.number
    )  # fmt: skip
    conversation = ""
    messages: list[dict[str, str]] = []
    for turn in session.scalars(rows.execution_options(yield_per=500)):
        if turn.conversation_id != conversation and messages:
            yield json.dumps({"messages": messages}, ensure_ascii=False)
            messages = []
        conversation = turn.conversation_id
        if turn.good is False and without_bad:
            continue
        messages.append({"role": "user", "content": turn.asked})
        messages.append({"role": "assistant", "content": turn.answered})
    if messages:
        yield json.dumps({"messages": messages}, ensure_ascii=False)


def drop_before(session: Session, time: datetime) -> int:
    """Delete kept turns older than ``time``; how many there were."""
    return session.connection().execute(delete(DialogueTurn).where(DialogueTurn.create_time < time)).rowcount
