"""What a conversation remembers between turns. Small, bounded, and without any text of the shopper."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

MAX_FOCUS = 8
MAX_CART = 50


@dataclass
class State:
    """``version`` is the number of turns so far."""

    version: int = 0
    language: str = ""
    focus: list[str] = field(default_factory=list)
    """Products spoken of last, in the order in which they were shown: «it» is the first."""
    looking: str = ""
    """Product that the shopper's app last named."""
    intent: str = ""
    slots: dict[str, Any] = field(default_factory=dict)
    """Of the last question, for «and that one?» and for an answer to «which one?»."""
    asked: str = ""
    """Intent that waits for the shopper to choose one of ``focus``, or "hand_over" for a yes."""
    space: dict[str, float | None] = field(default_factory=dict)
    """Sides of the space last spoken of, metres."""
    opening: bool = False
    """It is a door or the like."""
    cart: dict[str, int] = field(default_factory=dict)
    """Pieces by product id."""
    upset: bool = False

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "version"}

    @classmethod
    def from_json(cls, data: dict[str, Any], version: int) -> State:
        known = {name: value for name, value in data.items() if name in cls.__dataclass_fields__}
        return cls(**known | {"version": version})

    def turn_to(self, product_ids: list[str]) -> None:
        """These are spoken of now."""
        self.focus = list(dict.fromkeys(product_ids))[:MAX_FOCUS]
