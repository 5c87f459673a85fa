"""What of a text is compared with another: its words, pairs of neighbours, and concepts?"""

from __future__ import annotations

import math
from typing import Final, TypeAlias

from services.matching.normalise import Reading

_PAIR: Final = 0.5
_BESIDE: Final = 0.8

# How often, weighed, each feature stands in a text: "tru" a word, "tam tru" a pair, "=3" a concept.
Features: TypeAlias = dict[str, float]


def features(reading: Reading) -> Features:
    """Count words, pairs of neighbours and what stands beside them, each by how much its words say.

    A pair weighs the geometric mean of its words: "bản sao" keeps most of its worth, common as "sao" is.
    """
    counted: Features = {}
    before, last = "", 0.0
    for text, weight in zip(reading.texts, reading.weights, strict=True):
        counted[text] = counted.get(text, 0.0) + weight
        if before:
            pair = f"{before} {text}"
            counted[pair] = counted.get(pair, 0.0) + (weight if weight == last else math.sqrt(last * weight))
        before, last = text, weight
    for name in reading.beside:
        counted[name] = counted.get(name, 0.0) + 1.0
    return counted


def is_word(feature: str) -> bool:
    """Tell words from pairs and concepts."""
    return feature[0] != "=" and " " not in feature


def worth(feature: str) -> float:
    """Tell how much a feature of its kind says beside a word."""
    if feature[0] == "=":
        return _BESIDE
    return _PAIR if " " in feature else 1.0
