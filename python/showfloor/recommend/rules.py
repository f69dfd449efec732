"""The shop's rules, applied to products: what is never recommended, and how margin counts."""

from __future__ import annotations

from showfloor.search.facts import Facts, number
from showfloor.search.words import folded
from showfloor.shop import RecommendRules


class Rules:
    """``margin_weight`` is that of the shop file."""

    def __init__(self, rules: RecommendRules) -> None:
        self._products = frozenset(rules.exclude_products)
        self._brands = frozenset(folded(b.strip()) for b in rules.exclude_brands)
        self._categories = frozenset(folded(c.strip().strip("/")) for c in rules.exclude_categories)
        self._margin = folded(rules.margin_attribute)
        self.margin_weight = rules.margin_weight

    def allow(self, facts: Facts) -> bool:
        """A category excludes those below it."""
        if facts.id in self._products or facts.brand in self._brands:
            return False
        if not self._categories or not facts.category:
            return True
        levels = facts.category.split("/")
        return all("/".join(levels[:n]) not in self._categories for n in range(1, len(levels) + 1))

    def margin(self, facts: Facts) -> float:
        """0 to 1; a product that states none has none."""
        text = facts.internal.get(self._margin) or facts.attributes.get(self._margin, "")
        return min(max(number(text) or 0.0, 0.0), 1.0)
