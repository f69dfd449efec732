"""Who calls: API keys, looked up at most every few seconds."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from assets_pipeline.errors import ShowfloorError
from showfloor.errors import Unauthenticated
from showfloor.services.call import Scope

KEEP_S = 3.0
"""A revoked key works for this long at most; well below the promised 5 s."""
KEPT = 10_000

Grant = tuple[str, frozenset[Scope]]
"""Id of a key, and what it allows."""
LOCAL: Grant = ("local", frozenset(Scope))


class Authenticator:
    """Answers ``authorization`` headers with a grant.

    Args:
        look_up: Finds a key in the store; raises Unauthenticated when it is unknown or revoked.
        required: Whether a call without a key is refused. A key that comes along is checked either way.
    """

    def __init__(self, look_up: Callable[[str], Awaitable[Grant]], required: bool) -> None:
        self._look_up = look_up
        self._required = required
        self._known: OrderedDict[bytes, tuple[float, Grant | ShowfloorError]] = OrderedDict()

    async def grant(self, authorization: str) -> Grant:
        """What the caller may do.

        Raises:
            Unauthenticated: KEY_MISSING, KEY_INVALID.
            Unavailable: DATABASE_UNAVAILABLE.
        """
        if not authorization:
            if self._required:
                raise Unauthenticated(
                    "KEY_MISSING",
                    "The server asks for an API key, and the call has none.",
                    "Send the header `authorization: Bearer sfk_…`; `showfloor keys create` makes a key.",
                )
            return LOCAL
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise Unauthenticated(
                "KEY_INVALID",
                "The authorization header is not of the form `Bearer sfk_…`.",
                "Send the key as `showfloor keys create` printed it.",
            )
        return await self._checked(key.strip())

    async def _checked(self, key: str) -> Grant:
        digest = hashlib.sha256(key.encode(errors="replace")).digest()
        now = time.monotonic()
        found = self._known.get(digest)
        if found is None or found[0] < now:
            found = (now + KEEP_S, await self._ask(key))
            self._known[digest] = found
            self._known.move_to_end(digest)
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        if isinstance(found[1], ShowfloorError):
            raise type(found[1])(found[1].code, found[1].message, found[1].fix)
        return found[1]

    async def _ask(self, key: str) -> Grant | ShowfloorError:
        try:
            return await self._look_up(key)
        except Unauthenticated as refusal:
            return refusal
