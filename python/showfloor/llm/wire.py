"""The form of OpenAI's chat completions, which both engines speak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from showfloor.llm.engine import Message

_SHOWN_CHARS = 200


def chat_request(
    messages: Sequence[Message],
    max_tokens: int,
    stop: Sequence[str] = (),
    temperature: float = 0.0,
    schema: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The request, without the model's name."""
    request: dict[str, Any] = {
        "messages": [{"role": m.role, "content": m.text} for m in messages],
        "max_tokens": max_tokens,
        "temperature": temperature,
        "stream": True,
    }
    if stop:
        request["stop"] = list(stop)
    if schema is not None:
        request["response_format"] = {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema}}
    return request


def delta_text(chunk: Any) -> str:
    """The text that a chunk adds; empty for one that adds none.

    Raises:
        ValueError: It is not a chunk of a chat completion.
    """
    try:
        choices = chunk["choices"]
        text = choices[0]["delta"].get("content") if choices else None
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"no chunk of a chat completion: {str(chunk)[:_SHOWN_CHARS]}") from error
    if text is not None and not isinstance(text, str):
        raise ValueError(f"content is no text: {str(text)[:_SHOWN_CHARS]}")
    return text or ""


def is_last(chunk: Any) -> bool:
    """Whether the chunk says why the reply ends."""
    return bool(chunk["choices"]) and chunk["choices"][0].get("finish_reason") is not None


def error_text(answer: Any) -> str:
    """What an error answer says, in one short line."""
    error = answer.get("error") if isinstance(answer, dict) else None
    text = error.get("message") if isinstance(error, dict) else error
    return " ".join(str(text or "no reason given").split())[:_SHOWN_CHARS].rstrip(".")
