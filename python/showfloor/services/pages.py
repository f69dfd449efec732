"""Pages of lists (AIP-158): tokens that fit only the list and the filters they came from."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from assets_pipeline.errors import InputError

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
MAX_TOKEN_CHARACTERS = 1000
_CHECK_BYTES = 9

Key = tuple[str | int | float, ...]
"""Where the next page begins: the sort key of the last row of this one."""


def page_size(requested: int, default: int = DEFAULT_PAGE_SIZE, maximum: int = MAX_PAGE_SIZE) -> int:
    """Rows of a page; 0 asks for the default.

    Raises:
        InputError: PAGE_SIZE_INVALID.
    """
    if not 0 <= requested <= maximum:
        raise InputError(
            "PAGE_SIZE_INVALID", f"page_size is {requested}.", f"Use 1 to {maximum}, or 0 for the default, {default}."
        )
    return requested or default


def encode(list_name: str, filters: Mapping[str, Any], key: Key) -> str:
    """The token for the rows after ``key`` of ``list_name``, as ``filters`` (JSON values by field) narrow it."""
    body = json.dumps(key, ensure_ascii=False, separators=(",", ":")).encode()
    return _text(_check(list_name, filters, body) + body)


def decode(list_name: str, filters: Mapping[str, Any], token: str) -> Key | None:
    """What ``encode`` was given; None for the empty token of the first page.

    Raises:
        InputError: PAGE_TOKEN_INVALID, for a token of another list, of other filters, or of no list.
    """
    if not token:
        return None
    try:
        if len(token) > MAX_TOKEN_CHARACTERS:
            raise ValueError
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
        check, body = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
        if check != _check(list_name, filters, body) or _text(raw) != token:
            raise ValueError
        return tuple(json.loads(body))
    except (ValueError, binascii.Error) as error:
        raise InputError(
            "PAGE_TOKEN_INVALID",
            "page_token is not from this list with these filters.",
            "Send next_page_token of the page before with the same filters, or none for the first page.",
        ) from error


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _check(list_name: str, filters: Mapping[str, Any], body: bytes) -> bytes:
    """Against mix-ups, not against forgers: whoever makes up a token gets a page that he may read anyway."""
    bound = json.dumps([list_name, filters], sort_keys=True).encode()
    return hashlib.blake2b(bound + b"\0" + body, digest_size=_CHECK_BYTES, person=b"showfloor-page").digest()
