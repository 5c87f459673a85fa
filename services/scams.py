"""Does a message sound like a scam, what has been done already, and who stands at the door?"""

from __future__ import annotations

from services import scam_evidence as evidence
from services import scam_rules as rules
from services import scam_told as told
from services.folding import phrase
from services.scam_told import Done

__all__ = ["Done", "done_already", "doubts_visitor", "is_unknown_money", "smells_of_scam"]


def smells_of_scam(text: str) -> bool:
    """Tell whether a message describes somebody being talked into something, or asks if it is a scam.

    One sign that is enough alone; a stranger and a demand; somebody else, something of value, and pressure
    or a loss; or, in a story of its own words, much of what such stories are made of. Worth a warning, never
    a refusal: a false alarm costs one tap.
    """
    said = _said(text)
    if rules.SIGN.search(said) or (rules.STRANGER.search(said) and rules.DEMAND.search(said)):
        return True
    if rules.THIRD.search(said) and rules.VALUE.search(said):
        return bool(rules.PRESSURE.search(said) or rules.LOSS.search(said)) or evidence.is_enough(said)
    return evidence.is_enough(said)


def done_already(text: str) -> Done | None:
    """Tell what somebody says they did already, the costliest first."""
    said = _said(text)
    return next((done for done, signs in told.DONE if signs.search(said)), None)


def is_unknown_money(text: str) -> bool:
    """Tell whether money came in that nobody knows of."""
    return bool(told.UNKNOWN_MONEY.search(_said(text)))


def doubts_visitor(text: str) -> bool:
    """Tell whether somebody asks if a visitor is really one of the team, without a demand being named."""
    said = _said(text)
    return bool(told.VISITOR.search(said) and told.TEAM.search(said) and told.DOUBT.search(said))


def _said(text: str) -> str:
    return rules.INNOCENT.sub(" ", rules.PREVENTION.sub(" ", phrase(text)))
