"""Identifiers: a prefix that says what it is, and a ULID, so that ids sort by the time they were made."""

from __future__ import annotations

import os
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32


def new_id(prefix: str) -> str:
    """``prefix_`` and 26 characters: 48 bits of milliseconds, 80 random bits."""
    value = (time.time_ns() // 1_000_000 << 80) | int.from_bytes(os.urandom(10))
    return f"{prefix}_" + "".join(ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))
