"""Checks of text fields that several services share."""

from __future__ import annotations

import re
import unicodedata

from assets_pipeline.errors import InputError

MAX_REQUEST_ID = 64
_REQUEST_ID = re.compile(r"[!-~]{1,64}")


def shown(text: str, limit: int = 80) -> str:
    """``text`` quoted for a message, and cut, however long and strange it is."""
    return ascii(text if len(text) <= limit else text[:limit] + "…") if not text.isprintable() else repr(text[:limit])


def has_control(text: str, allowed: str = "") -> bool:
    """Whether ``text`` holds control characters beside ``allowed``."""
    return any(unicodedata.category(c) == "Cc" and c not in allowed for c in text)


def check_request_id(text: str) -> str | None:
    """The idempotency key as it is stored; None where none was given.

    Raises:
        InputError: REQUEST_ID_INVALID.
    """
    if not text:
        return None
    if not _REQUEST_ID.fullmatch(text):
        raise InputError(
            "REQUEST_ID_INVALID",
            f"request_id has {len(text)} characters; it may have {MAX_REQUEST_ID}, ASCII without spaces.",
            "Send a UUID.",
        )
    return text


def check_display_name(text: str, limit: int = 200) -> str:
    """A name for people, without spaces around it.

    Raises:
        InputError: DISPLAY_NAME_INVALID.
    """
    if len(text) > limit or has_control(text):
        raise InputError(
            "DISPLAY_NAME_INVALID",
            f"display_name has {len(text)} characters; it may have {limit}, on one line.",
            "Choose a shorter one.",
        )
    return text.strip()
