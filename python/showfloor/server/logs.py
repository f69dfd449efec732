"""Log lines for people or for machines, each with the request it belongs to."""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from showfloor.settings import Settings

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Request that the current task works for; every line logged meanwhile carries it."""

FIELDS = "fields"
"""Name of the ``extra`` of a log call that holds further fields: ``log.info("…", extra={FIELDS: {…}})``."""


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if current := request_id.get():
            line["request_id"] = current
        line.update(getattr(record, FIELDS, {}))
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """``12:30:05.120 info message name=value``; control characters of callers are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created).strftime("%H:%M:%S.%f")[:-3]
        fields = dict(getattr(record, FIELDS, {}))
        if (current := request_id.get()) and "request_id" not in fields:
            fields["request_id"] = current
        pairs = "".join(f" {name}={_plain(value)}" for name, value in fields.items())
        text = f"{time} {record.levelname.lower()} {_plain(record.getMessage(), spaces=True)}{pairs}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def set_up(settings: Settings) -> None:
    """Log to stderr as the settings say. Libraries speak from ``warning`` on only."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if settings.log_format == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("showfloor").setLevel(settings.log_level.upper())
    logging.getLogger("assets_pipeline").setLevel(settings.log_level.upper())


def _plain(value: object, *, spaces: bool = False) -> str:
    text = str(value)
    if text.isprintable() and (spaces or " " not in text):
        return text
    return text.encode("unicode_escape").decode() if spaces else json.dumps(text, ensure_ascii=False)
