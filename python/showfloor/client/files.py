"""Fetches what lies on the web port beside the GLB files: the thumbnail and the report."""

from __future__ import annotations

import hashlib
import os
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote, urlsplit

from assets_pipeline.errors import InputError

TIMEOUT_S = 30.0
MOST_BYTES = 64 * 2**20


def read_web(text: str | None) -> str:
    """``http://host:port`` of the web port, from ``text`` or ``SHOWFLOOR_WEB``; empty: not known.

    Raises:
        InputError: SERVER_ADDRESS.
    """
    text = (text or os.environ.get("SHOWFLOOR_WEB") or "").rstrip("/")
    if text and (urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).netloc):
        raise InputError(
            "SERVER_ADDRESS", f"{text!r} is not the address of a web port.", "Write http://host:8080 or https://host."
        )
    return text


def fetch(web: str, path: str, target: Path, key: str, roots: bytes | None) -> str:
    """Write ``/files/<sha256>/<name>`` to ``target``; return why it could not be, empty when it was."""
    request = urllib.request.Request(web + quote(path))
    if key:
        request.add_unredirected_header("authorization", f"Bearer {key}")
    context = None
    if web.startswith("https://"):
        context = ssl.create_default_context(cadata=roots.decode("ascii", "ignore") if roots else None)
    part = target.with_name(f".{target.name}.part")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S, context=context) as answer:
            data = answer.read(MOST_BYTES + 1)
        if hashlib.sha256(data).hexdigest() not in path.split("/"):
            return f"{target.name}: what {web} sent has another SHA-256"
        part.write_bytes(data)
        os.replace(part, target)
    except urllib.error.HTTPError as e:
        return f"{target.name}: {web} answered {e.code} {e.reason}"
    except (OSError, ValueError) as e:
        return f"{target.name}: {getattr(e, 'reason', None) or e}"
    return ""
