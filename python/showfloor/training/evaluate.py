"""How good a model is on what it has not seen: its loss, and whether its answers hold to the facts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from showfloor.grounding.check import unsupported
from showfloor.grounding.facts import Grounds
from showfloor.training.tokens import encode, encode_prompt

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from showfloor.training.dialogues import Example

ANSWERS = 50
"""So many held-out examples are answered; each takes up to ``ANSWER_TOKENS`` steps."""
ANSWER_TOKENS = 64


@dataclass(frozen=True)
class Score:
    """On the held-out examples. ``loss`` in nats a token of the replies; ``right`` is a share of ``answered``.

    ``answered`` counts only examples whose own reply is right: without the wanted facts in the prompt none can be.
    """

    loss: float
    perplexity: float
    right: float
    answered: int


def score(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, examples: Sequence[Example], max_tokens: int
) -> Score:
    """Loss on all examples, and answers to at most ``ANSWERS``, spread over them."""
    import torch

    was_training = model.training
    model.eval()
    with torch.inference_mode():
        loss = _loss(model, tokenizer, examples, max_tokens)
        judged = [e for e in examples if is_right(e, e.reply)]
        asked = judged[:: max(1, -(-len(judged) // ANSWERS))]
        right = [is_right(e, answer(model, tokenizer, e, max_tokens)) for e in asked]
    model.train(was_training)
    return Score(loss, math.exp(min(loss, 700.0)), sum(right) / max(1, len(right)), len(right))


def is_right(example: Example, answer: str) -> bool:
    """Whether an answer says every fact that the wanted reply says, and none that its prompt does not hold."""
    grounds = Grounds(example.facts, tuple(m.text for m in example.prompt))
    return (
        bool(answer) and not unsupported(answer, grounds) and not unsupported(example.reply, Grounds(texts=(answer,)))
    )


def answer(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, example: Example, max_tokens: int) -> str:
    """What the model says, always the same."""
    import torch

    ids = encode_prompt(tokenizer, example.prompt, max_tokens)
    held = torch.tensor([ids], device=model.device)
    generate: Any = model.generate
    out = generate(
        input_ids=held,
        attention_mask=torch.ones_like(held),
        max_new_tokens=ANSWER_TOKENS,
        do_sample=False,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    return str(tokenizer.decode(out[0, len(ids) :], skip_special_tokens=True)).strip()


def _loss(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, examples: Iterable[Example], max_tokens: int
) -> float:
    total, count = 0.0, 0
    for example in examples:
        rows = _batch(encode(tokenizer, example, max_tokens), model.device)
        tokens = int((rows["labels"][:, 1:] != -100).sum())
        total += float(model(**rows).loss.float()) * tokens
        count += tokens
    return total / count


def _batch(row: dict[str, list[int]], device: torch.device) -> dict[str, torch.Tensor]:
    import torch

    return {name: torch.tensor([ids], device=device) for name, ids in row.items()}
