"""Does the matcher serve guides of other domains, which it was not tuned on?"""

from __future__ import annotations

import pytest

from benchmarks import _questions as sets
from benchmarks.matching import DATA, FOREIGN
from services.matching import Matcher


@pytest.mark.parametrize("name", FOREIGN)
def test_the_right_guide_of_others_is_found(name):
    (trial,) = sets.foreign(DATA / f"foreign_{name}.jsonl")
    matcher = Matcher(trial.entries)
    found = [(question, matcher.match(question.text)) for question in trial.questions]
    ranks = [[one.guide in question.right for one in match.candidates[:3]] for question, match in found]
    wrong = [question for question, match in found if match.guide and match.guide not in question.right]
    assert len(found) >= 150
    assert sum(rank[:1] == [True] for rank in ranks) / len(ranks) >= 0.85
    assert sum(map(any, ranks)) / len(ranks) >= 0.95
    assert len(wrong) / len(found) <= 0.02
