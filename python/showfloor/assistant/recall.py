"""Slots of a turn as a conversation keeps them."""

from __future__ import annotations

from showfloor.assistant.understand.turn import Slots, Sort


def remembered(slots: Slots) -> dict[str, object]:
    """Slots as the state keeps them: numbers and known words, none of the shopper's own text."""
    kept: dict[str, object] = {"quantity": slots.quantity, "price_max": slots.price_max, "price_min": slots.price_min}
    kept |= {"currency": slots.currency, "attribute": slots.attribute, "colours": list(slots.colours)}
    kept |= {
        "materials": list(slots.materials),
        "relative": slots.relative,
        "sort": slots.sort,
        "degrees": slots.degrees,
    }
    return {name: value for name, value in kept.items() if value}


def recalled(kept: dict[str, object]) -> Slots:
    values = dict(kept)
    for name in ("colours", "materials"):
        if name in values:
            values[name] = tuple(values[name])  # type: ignore[arg-type]
    for name in ("relative", "sort"):
        if name in values:
            values[name] = Sort(str(values[name]))
    return Slots(**values)  # type: ignore[arg-type]
