"""Who calls, and what they may do: the one thing beside its request that a service method gets."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from showfloor.ids import new_id


class Scope(StrEnum):
    """What an API key allows. ``admin`` allows everything."""

    read = "read"
    capture = "capture"
    generate = "generate"
    admin = "admin"


@dataclass(frozen=True)
class Call:
    """One call. ``key_id`` is the caller's API key, ``local`` where none is asked for."""

    key_id: str = "local"
    scopes: frozenset[Scope] = frozenset(Scope)
    request_id: str = field(default_factory=lambda: new_id("req"))
    method: str = ""

    def may(self, scope: Scope) -> bool:
        return Scope.admin in self.scopes or scope in self.scopes
