"""API keys."""

from __future__ import annotations

import re

import pytest
from showfloor.errors import NotFound, Unauthenticated
from showfloor.services.call import Scope
from showfloor.store.database import Database
from showfloor.store.keys import authenticate, create_key, list_keys, revoke_key
from showfloor.store.tables import ApiKey
from sqlalchemy import select

from assets_pipeline.errors import InputError


def test_a_key_works_until_it_is_revoked(db: Database) -> None:
    info, secret = db.transact(create_key, "Unity editor ", ["read", Scope.capture, "read"])
    assert re.fullmatch(r"sfk_[a-z2-7]{32}", secret)
    assert info.name == "Unity editor"
    assert info.scopes == {Scope.read, Scope.capture}
    assert db.look(authenticate, secret) == info
    other, other_secret = db.transact(create_key, "other", ["admin"])
    assert [k.id for k in db.look(list_keys)] == [info.id, other.id]
    revoked = db.transact(revoke_key, info.id)
    assert revoked.revoke_time is not None
    assert db.transact(revoke_key, info.id) == revoked
    with pytest.raises(Unauthenticated, match="KEY_REVOKED"):
        db.look(authenticate, secret)
    assert db.look(authenticate, other_secret).id == other.id


def test_no_secret_is_kept(db: Database) -> None:
    _, secret = db.transact(create_key, "a", ["read"])
    row = db.look(lambda s: s.scalar(select(ApiKey)))
    assert row is not None
    assert secret.removeprefix("sfk_") not in str(vars(row))


@pytest.mark.parametrize("wrong", ["", "sfk_", "sfk_" + "a" * 32, "Sfk_" + "a" * 32, "a\0b", "x" * 10_000, "sfk_é"])
def test_wrong_keys(db: Database, wrong: str) -> None:
    with pytest.raises(Unauthenticated, match="KEY_INVALID"):
        db.look(authenticate, wrong)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb", "a\0b"])
def test_bad_names(db: Database, name: str) -> None:
    with pytest.raises(InputError, match="KEY_NAME_INVALID"):
        db.transact(create_key, name, ["read"])


@pytest.mark.parametrize("scopes", [[], ["everything"], ["read", "Admin"]])
def test_bad_scopes(db: Database, scopes: list[str]) -> None:
    with pytest.raises(InputError, match="SCOPE_UNKNOWN"):
        db.transact(create_key, "a", scopes)


@pytest.mark.parametrize("key_id", ["", "key_1", "key_" + "0" * 26, "a\0b", "x" * 10_000])
def test_unknown_keys(db: Database, key_id: str) -> None:
    with pytest.raises(NotFound, match="KEY_NOT_FOUND"):
        db.transact(revoke_key, key_id)
