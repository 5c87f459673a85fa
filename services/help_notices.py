"""What citizens, helpers and supervisors are told about a request for help, each a moment of its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from models.delivery import Lane
from services.notices import Notice


@dataclass(frozen=True, slots=True)
class HelpOffered(Notice):
    """A neighbour asks for a person; whoever accepts first has it. Only village and topic are told."""

    request_id: int
    village: str
    topic: str
    is_beside: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True)
class HelpForSupervisor(Notice):
    """A request nobody below took, or of a village without a team; `minutes` is how long it has waited."""

    request_id: int
    village: str
    topic: str
    minutes: int
    has_leader: bool


@dataclass(frozen=True, slots=True)
class HelpAccepted(Notice):
    """Somebody accepted: the citizen is told who, and that their words go there from now on."""

    LANE: ClassVar[Lane] = Lane.REPLY
    request_id: int
    helper: str
    role: str
    place: str


@dataclass(frozen=True, slots=True)
class RelayedWords(Notice):
    """What one of the two wrote, for the other; secrets are masked already."""

    LANE: ClassVar[Lane] = Lane.REPLY
    sender: str
    words: str
    request_id: int = 0
    is_rude: bool = False


@dataclass(frozen=True, slots=True)
class RelayedNumber(Notice):
    """Words with a telephone number that somebody chose to give; forgotten once they were sent."""

    LANE: ClassVar[Lane] = Lane.REPLY
    sender: str
    words: str


@dataclass(frozen=True, slots=True)
class RelayedPhoto(Notice):
    """A picture for the other; it only passes through."""

    LANE: ClassVar[Lane] = Lane.REPLY
    sender: str
    words: str
    picture: int


@dataclass(frozen=True, slots=True)
class RelayedVoice(Notice):
    """What the other one spoke; it only passes through."""

    LANE: ClassVar[Lane] = Lane.REPLY
    sender: str
    document: int


@dataclass(frozen=True, slots=True)
class RelayedGuide(Notice):
    """The helper sends the citizen the guide the request is about, open at the step of the request."""

    LANE: ClassVar[Lane] = Lane.REPLY
    helper: str
    slug: str
    title: str
    step: int = 0


@dataclass(frozen=True, slots=True)
class HelpDone(Notice):
    """The helper says it is done; the citizen is asked whether it helped."""

    LANE: ClassVar[Lane] = Lane.REPLY
    request_id: int
    helper: str
    helper_id: int = 0


@dataclass(frozen=True, slots=True)
class HelpConfirmed(Notice):
    """The citizen says it is done, before the helper did."""

    helper: str
    citizen: str
    village: str


@dataclass(frozen=True, slots=True)
class HelpRated(Notice):
    """What the citizen says of the help, told to the helper alone."""

    helper: str
    citizen: str
    rating: str


@dataclass(frozen=True, slots=True)
class HelpAskedAgain(Notice):
    """It did not help yet, and the citizen wants the same helper."""

    LANE: ClassVar[Lane] = Lane.REPLY
    request_id: int
    citizen: str
    has_guide: bool


@dataclass(frozen=True, slots=True)
class HelpHandedBack(Notice):
    """The helper gave the request back; `why` is a word of the script, `until` and `at` are moments."""

    LANE: ClassVar[Lane] = Lane.REPLY
    request_id: int
    helper: str
    why: str
    until: str
    at: str


@dataclass(frozen=True, slots=True)
class HelpSettled(Notice):
    """The helper says the citizen no longer needs it."""

    LANE: ClassVar[Lane] = Lane.REPLY
    helper: str


@dataclass(frozen=True, slots=True)
class HelpWithdrawn(Notice):
    """A request that was offered is no longer needed."""

    request_id: int


@dataclass(frozen=True, slots=True)
class HelpStopped(Notice):
    """The citizen ended the talk: nothing more is needed."""

    LANE: ClassVar[Lane] = Lane.REPLY
    helper: str
    citizen: str


@dataclass(frozen=True, slots=True)
class HelpAtTeam(Notice):
    """Those on duty could not take it; the whole team is asked, now or from the moment `begins`."""

    LANE: ClassVar[Lane] = Lane.REPLY
    request_id: int
    village: str
    begins: str
    until: str
    at: str
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class HelpAtNeighbour(Notice):
    """The own team had nobody free; the next village's team is asked."""

    LANE: ClassVar[Lane] = Lane.REPLY
    request_id: int
    village: str
    neighbour: str
    until: str
    at: str


@dataclass(frozen=True, slots=True)
class HelpAtCommune(Notice):
    """The teams had nobody free; the commune's supervisor was told."""

    LANE: ClassVar[Lane] = Lane.REPLY
    request_id: int
    village: str
    is_both: bool
    supervisor: str
    commune: str
    until: str
    at: str


@dataclass(frozen=True, slots=True)
class HelpAbove(Notice):
    """The time passed and nobody took it; `above` is the kind of unit told, `closes` the office's end."""

    LANE: ClassVar[Lane] = Lane.REPLY
    request_id: int
    above: str
    commune: str
    closes: str
    until: str
    at: str


@dataclass(frozen=True, slots=True)
class HelperReminded(Notice):
    """The helper has been silent while the citizen waits since a moment."""

    request_id: int
    helper: str
    citizen: str
    since: str


@dataclass(frozen=True, slots=True)
class HelperReplaced(Notice):
    """The helper was silent too long; others are asked."""

    helper: str
    citizen: str


@dataclass(frozen=True, slots=True)
class HelpReoffered(Notice):
    """The citizen hears that the helper is busy and others are asked."""

    LANE: ClassVar[Lane] = Lane.REPLY
    request_id: int
    helper: str
    until: str
    at: str


@dataclass(frozen=True, slots=True)
class HelpIdle(Notice):
    """Neither wrote for a while: is it done?"""

    request_id: int


@dataclass(frozen=True, slots=True)
class HelpLapsed(Notice):
    """Nobody wrote any more and the request was closed; `citizen` is empty when the citizen hears it."""

    citizen: str = ""
