"""Does the classifier tell guides apart by the words that their own phrases differ in?"""

from __future__ import annotations

import pytest

from services.matching.classifier import Classifier, Vector, unit

LOST, NEW, CARD, TAX = range(4)
PHRASES = [(0, unit([(LOST, 1), (CARD, 1)])), (1, unit([(NEW, 1), (CARD, 1)])), (2, unit([(TAX, 1)]))]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier(PHRASES, features=5)


def test_every_phrase_is_nearest_to_its_own_guide(classifier):
    for guide, phrase in PHRASES:
        scores = classifier.scores(phrase, range(3))
        assert max(scores, key=scores.__getitem__) == guide
        assert scores[guide] > 0.5


def test_the_word_that_differs_decides_and_the_common_one_does_not(classifier):
    by_lost = classifier.scores(unit([(LOST, 1)]), range(2))
    by_card = classifier.scores(unit([(CARD, 1)]), range(2))
    assert by_lost[0] - by_lost[1] > 0.5
    assert abs(by_card[0] - by_card[1]) < abs(by_lost[0] - by_lost[1])


def test_what_speaks_for_one_guide_speaks_against_its_rival(classifier):
    assert classifier.scores(unit([(LOST, 1)]), [1])[1] <= 0


def test_only_the_guides_asked_for_are_scored(classifier):
    assert classifier.scores(PHRASES[0][1], [2]) == {2: 0.0}


@pytest.mark.parametrize("text", [unit([]), unit([(4, 1.0)])], ids=["nothing", "a word of no phrase"])
def test_what_no_phrase_holds_tells_nothing(classifier, text):
    assert classifier.scores(text, range(3)) == {0: 0.0, 1: 0.0, 2: 0.0}


def test_a_vector_has_length_one():
    vector = unit([(LOST, 3.0), (CARD, 4.0)])
    assert isinstance(vector, Vector)
    assert list(vector.shares) == pytest.approx([0.6, 0.8])


def test_without_any_phrase_nothing_is_learnt():
    assert Classifier([], features=1).scores(unit([(LOST, 1)]), [0]) == {0: 0.0}
