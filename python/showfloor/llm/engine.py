"""What the assistant asks of a language model, whichever it is."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from assets_pipeline.errors import InputError, MachineError
from showfloor.settings import Settings

DEFAULT_MODEL = "smollm2-135m"

log = logging.getLogger(__name__)

Role = Literal["system", "user", "assistant"]


class EngineError(MachineError):
    """The engine gave no usable answer; the caller answers from a template instead.

    Codes: ENGINE_NOT_READY, ENGINE_BUSY, ENGINE_UNREACHABLE, ENGINE_REFUSED, ENGINE_SLOW, ENGINE_ANSWER_INVALID,
    ENGINE_PROMPT_TOO_LONG.
    """


@dataclass(frozen=True)
class Message:
    """One turn of a dialogue."""

    role: Role
    text: str


class Engine(Protocol):
    """A language model that continues a dialogue."""

    name: str
    """What the reply's record names: the model's name, without folder or key."""

    def ready(self) -> bool:
        """Whether ``stream`` can answer now; False while the model loads, and after it failed to load. Never waits."""
        ...

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        stop: Sequence[str] = (),
        temperature: float = 0.0,
        schema: dict[str, Any] | None = None,
    ) -> AsyncGenerator[str, None]:
        """The reply in pieces, as they come; none is empty, a character is never cut.

        Close the generator (``contextlib.aclosing``) or cancel the task to stop: the engine then works no further.

        Args:
            messages: The dialogue so far; at most one system message, the first.
            max_tokens: The reply ends there, in mid-sentence if it must.
            stop: The reply ends before any of these texts.
            temperature: 0 always answers the same.
            schema: JSON Schema; the reply is then JSON of this form.

        Raises:
            EngineError: No answer, or none in time; pieces may have come before it.
        """
        ...

    async def warm(self, system: str) -> None:
        """Let the engine read the system prompt ahead, so that the first token comes sooner. Never raises."""
        ...

    async def close(self) -> None:
        """Stop what runs and free the model; call it once."""
        ...


def open_engine(settings: Settings) -> Engine | None:
    """The engine that the settings name; None: templates only.

    A model in this process loads in the background, from now on; until it has, ``ready`` is False. A model that is not
    here, or is damaged, is logged with what to do, and the server goes on without it.

    Raises:
        InputError: CONFIG_INVALID, MODEL_UNKNOWN, MODEL_NOT_COMMERCIAL.
    """
    if settings.engine == "none":
        return None
    if settings.engine == "openai":
        from showfloor.llm.openai import OpenAIEngine

        if not settings.engine_url or not settings.engine_model:
            raise InputError(
                "CONFIG_INVALID",
                "engine = 'openai' needs engine_url and engine_model.",
                "For example: engine_url = 'http://127.0.0.1:8000/v1', engine_model = 'Qwen/Qwen3-4B-Instruct-2507'.",
            )
        key = settings.engine_key.get_secret_value()
        return OpenAIEngine(settings.engine_model, settings.engine_url, key, settings.engine_timeout_s)
    from showfloor.llm.embedded import EmbeddedEngine
    from showfloor.llm.gguf import find_gguf

    try:
        gguf = find_gguf(settings.engine_model or DEFAULT_MODEL, settings.commercial_only)
    except MachineError as error:
        log.warning("The assistant answers from templates. %s", error)
        return None
    return EmbeddedEngine(gguf.name, gguf.check, settings.engine_timeout_s)
