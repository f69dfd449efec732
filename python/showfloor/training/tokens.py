"""Dialogues as tokens, in the form that the model's own chat template gives them; only the reply is learnt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from showfloor.llm.engine import Message

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from showfloor.training.dialogues import Example

TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>\n{{ m['content'] }}{{ eos_token }}\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
"""For a base model without a chat template; written beside the merged weights, so that engines use it too."""
IGNORED = -100
_REPLY_SHARE = 0.5


def encode(tokenizer: PreTrainedTokenizerBase, example: Example, max_tokens: int) -> dict[str, list[int]]:
    """``input_ids``, ``attention_mask`` and ``labels``; a reply keeps at most half of ``max_tokens``."""
    prompt = _text(tokenizer, example.prompt, asks=True)
    whole = _text(tokenizer, (*example.prompt, Message("assistant", example.reply)), asks=False)
    reply = whole[len(prompt) :] if whole.startswith(prompt) else example.reply + (tokenizer.eos_token or "")
    reply_ids = _ids(tokenizer, reply)[: int(max_tokens * _REPLY_SHARE)]
    prompt_ids = encode_prompt(tokenizer, example.prompt, max_tokens - len(reply_ids))
    ids = prompt_ids + reply_ids
    return {
        "input_ids": ids,
        "attention_mask": [1] * len(ids),
        "labels": [IGNORED] * len(prompt_ids) + reply_ids,
    }


def encode_prompt(tokenizer: PreTrainedTokenizerBase, prompt: Sequence[Message], max_tokens: int) -> list[int]:
    """The prompt, without its oldest turns where it is too long; the system message and the last question stay."""
    messages = list(prompt)
    first = 1 if messages[0].role == "system" else 0
    while True:
        ids = _ids(tokenizer, _text(tokenizer, messages, asks=True))
        if len(ids) <= max_tokens or len(messages) <= first + 2:
            return ids[-max_tokens:]
        del messages[first : first + 2]


def collate(tokenizer: PreTrainedTokenizerBase, rows: Sequence[dict[str, list[int]]]) -> dict[str, Any]:
    """Rows of one length, padded on the right."""
    import torch

    longest = max(len(row["input_ids"]) for row in rows)
    fill = {"input_ids": tokenizer.pad_token_id, "attention_mask": 0, "labels": IGNORED}
    return {
        name: torch.tensor([row[name] + [value] * (longest - len(row[name])) for row in rows])
        for name, value in fill.items()
    }


def _text(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], *, asks: bool) -> str:
    rows = [{"role": m.role, "content": m.text} for m in messages]
    return str(tokenizer.apply_chat_template(rows, tokenize=False, add_generation_prompt=asks))


def _ids(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])
