"""Cards are dealt in turn, and weights are kept."""

import random

from homecare.desk.demo.dealing import Deck, Weighted
from homecare.desk.demo.stories import HANDFUL, ROUND, Story


def test_a_deck_deals_each_card_as_often_as_it_holds_it_and_begins_again() -> None:
    deck = Deck([("a", 2), ("b", 1)])
    assert [deck.deal() for _ in range(6)] == ["a", "a", "b", "a", "a", "b"]


def test_a_shuffled_deck_holds_the_same_cards() -> None:
    deck = Deck([("a", 2), ("b", 1)], shuffled_by=random.Random(1))
    assert sorted(deck.deal() for _ in range(3)) == ["a", "a", "b"]


def test_weights_decide_how_often_something_is_drawn() -> None:
    drawn = [Weighted([("often", 9), ("seldom", 1)]).draw(random.Random(n)) for n in range(1000)]
    assert 850 < drawn.count("often") < 950


def test_a_round_is_two_hundred_patients_with_every_story() -> None:
    assert sum(count for _, count in ROUND) == 200
    assert {story for story, _ in ROUND} | set(HANDFUL.values()) == set(Story)
