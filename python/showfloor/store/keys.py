"""API keys: shown once when they are made, kept as SHA-256 only."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_pipeline.errors import InputError
from showfloor.errors import NotFound, Unauthenticated
from showfloor.ids import new_id
from showfloor.services.call import Scope
from showfloor.services.checks import has_control, shown
from showfloor.store.tables import ApiKey, now

PREFIX = "sfk_"
MAX_NAME = 100
_KEY = re.compile(r"sfk_[a-z2-7]{32}")
_RANDOM_BYTES = 20


@dataclass(frozen=True)
class KeyInfo:
    """An API key without its secret."""

    id: str
    name: str
    scopes: frozenset[Scope]
    create_time: datetime
    revoke_time: datetime | None


def create_key(session: Session, name: str, scopes: Iterable[Scope | str]) -> tuple[KeyInfo, str]:
    """A new key and its secret, which cannot be read again.

    Raises:
        InputError: KEY_NAME_INVALID, SCOPE_UNKNOWN.
    """
    if not name.strip() or len(name) > MAX_NAME or has_control(name):
        raise InputError(
            "KEY_NAME_INVALID",
            f"The name {shown(name)} has {len(name)} characters; 1 to {MAX_NAME} are allowed, on one line.",
            "Say who or what uses the key.",
        )
    secret = PREFIX + base64.b32encode(secrets.token_bytes(_RANDOM_BYTES)).decode().lower()
    row = ApiKey(
        id=new_id("key"),
        name=name.strip(),
        digest=_digest(secret),
        scopes=sorted(_scopes(scopes)),
        create_time=now(),
    )
    session.add(row)
    session.flush()
    return _info(row), secret


def list_keys(session: Session) -> list[KeyInfo]:
    """All keys, the revoked ones too, the oldest first."""
    return [_info(row) for row in session.scalars(select(ApiKey).order_by(ApiKey.id))]


def revoke_key(session: Session, key_id: str) -> KeyInfo:
    """End a key. Revoking it again changes nothing.

    Raises:
        NotFound: KEY_NOT_FOUND.
    """
    row = session.get(ApiKey, key_id) if re.fullmatch(r"key_[0-9a-z]{26}", key_id) else None
    if row is None:
        raise NotFound("KEY_NOT_FOUND", f"There is no key {shown(key_id)}.", "`showfloor keys list` shows their ids.")
    row.revoke_time = row.revoke_time or now()
    return _info(row)


def authenticate(session: Session, secret: str) -> KeyInfo:
    """The key with this secret.

    Raises:
        Unauthenticated: KEY_INVALID, KEY_REVOKED.
    """
    row = None
    if _KEY.fullmatch(secret):
        row = session.scalar(select(ApiKey).where(ApiKey.digest == _digest(secret)))
    if row is None:
        raise Unauthenticated("KEY_INVALID", "The API key is not known.", "Ask the operator for a key.")
    if row.revoke_time is not None:
        raise Unauthenticated("KEY_REVOKED", f"The API key {row.id} was revoked.", "Ask the operator for a new key.")
    return _info(row)


def _scopes(scopes: Iterable[Scope | str]) -> set[str]:
    wanted = {str(s) for s in scopes}
    unknown = wanted - set(Scope)
    if unknown or not wanted:
        raise InputError(
            "SCOPE_UNKNOWN",
            f"There is no scope {shown(min(unknown))}." if unknown else "The key has no scope.",
            f"Choose from {', '.join(Scope)}.",
        )
    return wanted


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _info(row: ApiKey) -> KeyInfo:
    scopes = frozenset(Scope(s) for s in row.scopes if s in set(Scope))
    return KeyInfo(row.id, row.name, scopes, row.create_time, row.revoke_time)
