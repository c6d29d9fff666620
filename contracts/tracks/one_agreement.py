"""One service agreement by its id: how far it got, since when, and what is odd about it."""

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import NamedTuple

from contracts.facts import Fact
from contracts.names import EventName
from contracts.tracks.grounds import remembered, turning_point

#: Facts that end the way to a signature; the earliest wins.
TERMINAL = {
    EventName.AgreementSigned: "signed",
    EventName.AgreementDeclined: "declined",
    EventName.AgreementExpired: "expired",
    EventName.AgreementVoided: "voided",
}
TO_SIGN = frozenset({"sent", "delivered", "viewed"})
FAILED = frozenset({"bounced", "declined", "expired", "voided", "terminated"})


class Course(NamedTuple):
    """What has happened so far, facts taken earliest first."""

    sent: Fact | None = None
    arrived: Fact | None = None
    bounced: Fact | None = None
    mismatched: tuple[Fact, ...] = ()
    ended: Fact | None = None
    terminated: Fact | None = None

    @property
    def state(self) -> str | None:
        """Return the state; None as long as only terminations without a signature are known."""
        if self.terminated:
            return "terminated"
        if self.ended:
            return TERMINAL[self.ended.name]
        if self.bounced:
            return "bounced"
        if self.arrived:
            return "viewed" if self.arrived.name is EventName.AgreementViewed else "delivered"
        return "sent" if self.sent else None

    def after(self, fact: Fact, sha256: str | None) -> "Course":  # noqa: PLR0911  one line for each kind of fact
        """Return the course after one more fact; `sha256` is the sent document's, None where it is not known."""
        match fact.name:
            case EventName.AgreementSent:
                return self if self.sent else self._replace(sent=fact)
            case EventName.AgreementDelivered:
                return self._arrived(self.arrived or fact)
            case EventName.AgreementViewed:
                seen = self.arrived is not None and self.arrived.name is EventName.AgreementViewed
                return self._arrived(self.arrived if seen else fact)
            case EventName.AgreementBounced:
                return self._replace(bounced=self.bounced or fact)
            case EventName.AgreementTerminated:
                return self._terminated(fact)
            case EventName.AgreementSigned if sha256 and sha256 != fact.data["document_sha256"]:
                return self._replace(mismatched=(*self.mismatched, fact))
        return self if self.ended else self._replace(ended=fact)

    def _arrived(self, fact: Fact | None) -> "Course":
        known = fact is self.arrived and self.bounced is None
        return self if known else self._replace(arrived=fact, bounced=None)

    def _terminated(self, fact: Fact) -> "Course":
        """Take in a termination, which counts only after a signature that counts."""
        if self.terminated or self.ended is None or self.ended.name is not EventName.AgreementSigned:
            return self
        return self._replace(terminated=fact)


class Agreement(NamedTuple):
    """One agreement and its facts, earliest first."""

    agreement_id: str
    facts: tuple[Fact, ...]
    course: Course
    made_so: Fact | None
    turn_since: Fact | None

    @property
    def state(self) -> str | None:
        return self.course.state

    @property
    def rests_on(self) -> list[Fact | None]:
        """The facts behind the state."""
        course = self.course
        if course.ended:
            return [course.sent, course.ended, course.terminated, self.made_so]
        return [course.sent, course.arrived, course.bounced, *course.mismatched, self.made_so]

    @property
    def rivals(self) -> list[Fact]:
        """Later terminal facts of another kind than the one that won."""
        ended, mismatched = self.course.ended, self.course.mismatched
        others = (fact for fact in self.facts if fact.name in TERMINAL and fact not in mismatched)
        return [fact for fact in others if ended is not None and fact.name is not ended.name]

    @property
    def loose_terminations(self) -> list[Fact]:
        """Terminations that do not follow a signature that counts."""
        ended = self.course.ended
        signed = ended if ended is not None and ended.name is EventName.AgreementSigned else None
        terminations = (fact for fact in self.facts if fact.name is EventName.AgreementTerminated)
        return [fact for fact in terminations if signed is None or fact.order < signed.order]


@remembered
def one(agreement_id: str, facts: tuple[Fact, ...]) -> Agreement:
    """Return what the facts of one id, earliest first, come to."""
    history = [(fact, course, course.state) for fact, course in _history(facts)]
    made_so = turning_point([(fact, state) for fact, _, state in history])
    turn_since = turning_point([(fact, _turn(state, course)) for fact, course, state in history])
    return Agreement(agreement_id, facts, history[-1][1] if history else Course(), made_so, turn_since)


def _turn(state: str | None, course: Course) -> str | None:
    """Return what is to be done about it: the steps towards a signature are one wait for it."""
    if state in TO_SIGN:
        return "clarify" if course.mismatched else "sign"
    return "renew" if state in FAILED else state


def _history(facts: Sequence[Fact]) -> Iterator[tuple[Fact, Course]]:
    """Yield the course after each fact that changes it; once sent, also earlier signatures are held against it."""
    sent = next((number for number, fact in enumerate(facts) if fact.name is EventName.AgreementSent), len(facts))
    yield from _changes(Course(), facts[:sent], None)
    if sent < len(facts):
        sha256 = facts[sent].data["document"]["sha256"]
        before = reduce(lambda course, fact: course.after(fact, sha256), facts[:sent], Course())
        yield from _changes(before, facts[sent:], sha256)


def _changes(course: Course, facts: Sequence[Fact], sha256: str | None) -> Iterator[tuple[Fact, Course]]:
    for fact in facts:
        after = course.after(fact, sha256)
        if after is not course:
            course = after
            yield fact, course
