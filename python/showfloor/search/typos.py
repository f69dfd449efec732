"""Misspelt words: the known word that is one slip away, or two in a long one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from showfloor.search.words import is_chinese

SHORTEST = 4
LONG = 8


class Vocabulary:
    """Words of the catalogue, with the number of products that have each."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._near: dict[str, set[str]] = {}

    def add(self, words: Iterable[str]) -> None:
        for word in words:
            self.counts[word] += 1
            if self.counts[word] == 1 and _checked(word):
                for form in _forms(word):
                    self._near.setdefault(form, set()).add(word)

    def remove(self, words: Iterable[str]) -> None:
        for word in words:
            self.counts[word] -= 1
            if self.counts[word] <= 0:
                del self.counts[word]
                for form in _forms(word) if _checked(word) else ():
                    near = self._near.get(form, set())
                    near.discard(word)
                    if not near:
                        self._near.pop(form, None)

    def correct(self, word: str) -> str | None:
        """The nearest known word, the commonest of equals; None for a known word and where nothing is near."""
        if word in self.counts or not _checked(word):
            return None
        allowed = 2 if len(word) >= LONG else 1
        near = {w for form in _forms(word) for w in self._near.get(form, ())}
        ranked = sorted((distance(word, w), w[0] != word[0], -self.counts[w], w) for w in near)
        return ranked[0][3] if ranked and ranked[0][0] <= allowed else None


def distance(a: str, b: str) -> int:
    """Slips between two words: a letter more, less, other, or two swapped."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            best = min(row[-1] + 1, last[j] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def _checked(word: str) -> bool:
    return len(word) >= SHORTEST and not is_chinese(word) and not any(c.isdigit() for c in word)


def _forms(word: str) -> set[str]:
    """The word, and it without any one letter, or any two of a long one: near words share one of these."""
    forms = {word, *_shorter(word)}
    return forms if len(word) < LONG else forms | {shorter for form in forms for shorter in _shorter(form)}


def _shorter(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]
