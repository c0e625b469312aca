"""Dealt like cards: what must not be left to chance, so that even a small hospital has some of everything."""

import random
from bisect import bisect
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")


class Deck(Generic[T]):
    """Cards dealt in turn, and again from the first: so many of each in every round."""

    def __init__(self, counts: Sequence[tuple[T, int]], *, shuffled_by: random.Random | None = None) -> None:
        self.cards = [card for card, count in counts for _ in range(count)]
        if shuffled_by is not None:
            shuffled_by.shuffle(self.cards)
        self._dealt = 0

    def deal(self) -> T:
        """Return the next card."""
        card = self.cards[self._dealt % len(self.cards)]
        self._dealt += 1
        return card


class Decks(Generic[T]):
    """One deck for each name."""

    def __init__(self, decks: Mapping[str, Deck[T]]) -> None:
        self._decks = decks
        self.dealt: dict[str, int] = defaultdict(int)

    def deal(self, name: str) -> T:
        """Return the next card of this deck."""
        self.dealt[name] += 1
        return self._decks[name].deal()


class Weighted(Generic[T]):
    """Things drawn by chance, some more often than others."""

    def __init__(self, weights: Sequence[tuple[T, float]]) -> None:
        self.things = [thing for thing, _ in weights]
        self._sums = list(accumulate(weight for _, weight in weights))

    def draw(self, rng: random.Random) -> T:
        """Return one of them."""
        return self.things[bisect(self._sums, rng.random() * self._sums[-1], hi=len(self.things) - 1)]
