"""Every refusal of the program, readable as a list: what is meant, and the way on."""

from __future__ import annotations

from typing import Any, ClassVar

from locales import N_, gettext


class DomainError(Exception):
    """The program understood, and says no in one sentence; nothing is written."""

    message: ClassVar[str] = N_("That cannot be done here. Choose from the main menu.")

    def __init__(self, **variables: Any) -> None:
        """Keep what the sentence needs."""
        super().__init__(self.message)
        self.variables = variables

    def __str__(self) -> str:
        """Say the sentence in the current locale."""
        return gettext(self.message).format(**self.variables)


class NotYours(DomainError):
    """A button of somebody else's chat, or a fact outside the person's area."""

    message = N_("This belongs to somebody else. Choose from the main menu.")


class OutsideArea(DomainError):
    """The unit lies outside what the person looks after."""

    message = N_("This village is outside the area of {who}.")


class AskedThisWeek(DomainError):
    """A member was asked after within a week already."""

    message = N_("{Who} was asked this week already. From {day} on Tổ Số can ask again.")


class NotReached(DomainError):
    """Whoever should hear something has no account that can be reached now."""

    message = N_("{Who} cannot be reached by Tổ Số now. A telephone call is the way.")


class LeaderOnly(DomainError):
    """A member tapped what only the leader may do."""

    message = N_("This part is for the team leader. {leader} can help.")


class InviteExpired(DomainError):
    """The invite's last day has passed."""

    message = N_("This invite code expired on {day}. Ask the team leader for a new one.")


class InviteUnknown(DomainError):
    """No invite carries this code, or it was used up or locked."""

    message = N_("This invite code is used up or locked. Ask the team leader for a new one.")


class AlreadyInTeam(DomainError):
    """The person already holds the role there."""

    message = N_("{name} is already in the team of {unit}.")


class OfferTaken(DomainError):
    """Somebody else accepted the request first."""

    message = N_("{helper} was a little faster. Thank you, {who}, for stepping forward!")


class OfferOver(DomainError):
    """The request was settled before the button was tapped."""

    message = N_("This request was settled on {day}. Neighbours who are waiting are here.")


class AlreadyHelping(DomainError):
    """A helper has one request open at a time."""

    message = N_("{citizen} is being helped now. Finish that first, then take the next.")


class LeaveNeedsSuccessor(DomainError):
    """A leader cannot leave a team without a leader."""

    message = N_(
        "A team needs a leader. {supervisor} is asked to choose the next one,"
        " until then {who} keeps the team."
    )


class LeaveWhileHelping(DomainError):
    """A helper with an open request cannot leave."""

    message = N_("{citizen} is being helped now. Finish or hand back that request, then leave the team.")


class CountTooSmall(DomainError):
    """A count below one."""

    message = N_("Send a number from 1 up. If there was none, send THÔI.")


class CountTooLarge(DomainError):
    """A count above what one entry may hold."""

    message = N_("The most for one entry is {most}. How many?")


class DraftGone(DomainError):
    """A sentence that was written already, dropped, or said on another day."""

    message = N_("That sentence is settled already. Choose Log work to write something else.")


class UndoTooLate(DomainError):
    """An entry older than a day, or already undone."""

    message = N_("This entry can no longer be undone here. The team leader can correct it.")


class WeekLocked(DomainError):
    """The day lies in a week that is locked."""

    message = N_("Week {week} ({days}) has been locked since {day}. Ask {who} to open it for this?")


class LessonClosed(DomainError):
    """A lesson that is no longer open for this member."""

    message = N_("This lesson is finished. See what is open in the menu.")


class UnitCodeTaken(DomainError):
    """Two units cannot carry one code."""

    message = N_("Code {code} already belongs to {unit}; choose another code.")


class UnitsUpsideDown(DomainError):
    """A unit lies in one of a higher level: province, district, commune, village."""

    message = N_("{unit} cannot lie in {parent}: choose a parent of a higher level.")


class ProvinceUnknown(DomainError):
    """No province of the map carries this name or code."""

    message = N_('There is no province "{typed}", did you mean "{near}"? Correct it and run again.')


class ProvinceMerged(DomainError):
    """The province became a part of another one in 2025."""

    message = N_('"{typed}" has been part of {unit} since {day}; run again with "{name}".')


class OfficialMapMixed(DomainError):
    """Both maps use the same codes for different units, so one database holds one of them."""

    message = N_("This database holds the other map of official units; load this one into a new database.")


class OfficialListMissing(DomainError):
    """The data package with the official units is not installed."""

    message = N_("The list of official units is not installed; run make setup, then this command again.")


class InviteForgotten(DomainError):
    """A button of an invite that is no longer being answered."""

    message = N_("That invite is no longer open here. Scan the code again, or send the code below it.")


class PhoneOfAnother(DomainError):
    """A personal invite was opened on the phone of somebody else in a team."""

    message = N_("This phone is already that of {who}. Open the invite on the other phone.")


class NobodyDecides(DomainError):
    """A team without leader, in an area nobody looks after."""

    message = N_("{unit} has nobody who can accept new members yet. Ask the commune who leads the team.")


class JoinSettled(DomainError):
    """Somebody answered the request to join before."""

    message = N_("The request of {name} was answered at {at} already. Who waits is under My team.")


class NotInTeam(DomainError):
    """The person has left the team meanwhile."""

    message = N_("{who} is not in the team of {unit}. See who is under My team.")


class RemoveWhileHelping(DomainError):
    """A member with an open request cannot be taken out or given a new phone's code unseen."""

    message = N_("{who} is helping {citizen} now. That has to be finished or handed back first.")


class ChangeBackTooLate(DomainError):
    """The change of leader is over a week old, or was followed by another."""

    message = N_("This change can no longer be taken back. Choose Change leader to change again.")


class NoTeam(DomainError):
    """Somebody without a team opened a screen of teams."""

    message = N_("There is no team here yet. Whoever has an invite code can send it now.")


class OfferTakenBefore(DomainError):
    """Somebody else accepted the request a while ago."""

    message = N_("{helper} has taken request {number} already. Thank you, {who}!")


class OwnRequestOpen(DomainError):
    """Whoever waits for a person cannot talk to two at once."""

    message = N_("A request of {who} is still open. Finish or cancel it first, then take this one.")


class NobodyToAsk(DomainError):
    """Neither team nor supervisor of the place can be reached."""

    message = N_(
        "Nobody of this place can be reached through Tổ Số yet."
        " If it is urgent, ask the village head or the commune's service centre."
    )


class NoLeaderFree(DomainError):
    """The village has no leader who can be asked now."""

    message = N_("The leader of {village} cannot be asked now. Take it, or ask the team beside.")


class NoNeighbourFree(DomainError):
    """No other team of the commune has anybody free."""

    message = N_("No other team of the commune has anybody free now. Take it, or give it to the leader.")


class DayToCome(DomainError):
    """Work cannot be written down before it is done."""

    message = N_("{day} is still to come. Choose today or a day before.")


class EntryUndone(DomainError):
    """The entry was undone before."""

    message = N_("This entry was undone at {clock} already. Choose Log work to write another.")


class LoggingForTeams(DomainError):
    """A supervisor or operator opened what the teams of the villages write."""

    message = N_(
        "Work is written down by the teams of the villages. What they wrote is in the weekly summary."
    )


class LeaderAlready(DomainError):
    """The person leads this team now."""

    message = N_("{who} is the leader of {unit} already. See who is under My team.")


class DueTooSoon(DomainError):
    """A lesson's last day lies before the morning after it opens."""

    message = N_("The lesson opens first; the last day can be {day} at the earliest. Which day?")


class DueTooFar(DomainError):
    """A lesson's last day lies months away."""

    message = N_("The last day can be {day} at the latest. Which day?")


class NobodyToLearn(DomainError):
    """Everybody of the area has passed the lesson or is learning it, or there is nobody."""

    message = N_(
        "Of {n} people nobody is left for this lesson: all have passed it or are learning it. Choose another?"
    )


class ReopenTooLate(DomainError):
    """The request ended more than a day ago, or is open again already."""

    message = N_("That request can no longer be opened again. A new one can be asked at any time.")


class ExportTooLong(DomainError):
    """More entries than a worksheet holds."""

    message = N_("There are more than {most} entries; choose fewer days.")


class NobodyToTell(DomainError):
    """An announcement would reach nobody."""

    message = N_("There is nobody yet whom this would reach. Choose others, or invite people first.")


class SendTooFar(DomainError):
    """An announcement is to go out weeks from now."""

    message = N_("It can wait {days} days at most. When shall it go out?")


class RemindedBefore(DomainError):
    """Whoever has not answered an announcement was reminded once."""

    message = N_("They have been reminded once, which is enough. Better call whoever has to know.")


class GoalTooSmall(DomainError):
    """A goal of nothing, or one beyond all measure."""

    message = N_("Send a number from 1 up.")


class GoalNotLower(DomainError):
    """Whoever thinks a goal too high named no lower number."""

    message = N_("The goal is {goal} now. Send a lower number from 1 up.")


class TargetOver(DomainError):
    """The days of a goal are over."""

    message = N_("Those days are over already. Choose this month or one to come.")


class NobodyOpens(DomainError):
    """A locked week of a village that nobody looks after."""

    message = N_("Nobody looks after this village yet, so the week stays locked.")


class WeekOpen(DomainError):
    """A week that is not locked need not be opened."""

    message = N_("Week {week} is open still, everybody can write.")


class ReviewOver(DomainError):
    """The count was looked at, or changed, before."""

    message = N_("This count has been looked at already.")


class VolunteersOnly(DomainError):
    """Only volunteers make check codes; a citizen is read one."""

    message = N_("Check codes are made by people of the team. A code that was read out can be sent here.")
