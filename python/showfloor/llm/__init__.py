"""The engines that phrase: a model in this process, any OpenAI-compatible endpoint, or none."""

from showfloor.llm.engine import Engine, EngineError, Message, open_engine

__all__ = ["Engine", "EngineError", "Message", "open_engine"]
