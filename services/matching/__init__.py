"""Which guide answers a citizen's question, and is it sure enough to be shown?"""

from __future__ import annotations

from services.matching.match import Candidate, Entry, Match, Outcome
from services.matching.matcher import MOST_CANDIDATES, Matcher

__all__ = ["MOST_CANDIDATES", "Candidate", "Entry", "Match", "Matcher", "Outcome"]
