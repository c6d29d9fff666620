"""One service agreement by its id: how far it got, since when, and what is odd about it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from contracts.facts import Fact
from contracts.names import EventName
from contracts.tracks.grounds import remembered, turning_point

SENT, VIEWED = EventName.AgreementSent, EventName.AgreementViewed
SIGNED, TERMINATED = EventName.AgreementSigned, EventName.AgreementTerminated
#: Facts that end the way to a signature; the earliest wins.
TERMINAL = {
    SIGNED: "signed",
    EventName.AgreementDeclined: "declined",
    EventName.AgreementExpired: "expired",
    EventName.AgreementVoided: "voided",
}
TO_SIGN = frozenset({"sent", "delivered", "viewed"})
FAILED = frozenset({"bounced", "declined", "expired", "voided", "terminated"})
#: A fact and its name, which is asked for again and again.
Named = tuple[EventName, Fact]


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
            return "viewed" if self.arrived.name is VIEWED else "delivered"
        return "sent" if self.sent else None


#: Returns the course after one more fact; the text is the sent document's SHA-256, None where it is not known.
Step = Callable[[Course, Fact, str | None], Course]


def _sent(course: Course, fact: Fact, _: str | None) -> Course:
    return course if course.sent else course._replace(sent=fact)


def _delivered(course: Course, fact: Fact, _: str | None) -> Course:
    return _arrived(course, course.arrived or fact)


def _viewed(course: Course, fact: Fact, _: str | None) -> Course:
    seen = course.arrived is not None and course.arrived.name is VIEWED
    return _arrived(course, course.arrived if seen else fact)


def _arrived(course: Course, fact: Fact | None) -> Course:
    known = fact is course.arrived and course.bounced is None
    return course if known else course._replace(arrived=fact, bounced=None)


def _bounced(course: Course, fact: Fact, _: str | None) -> Course:
    return course if course.bounced else course._replace(bounced=fact)


def _signed(course: Course, fact: Fact, sha256: str | None) -> Course:
    """Take in a signature, which ends nothing where it is under another document than the one that was sent."""
    if sha256 and sha256 != fact.data["document_sha256"]:
        return course._replace(mismatched=(*course.mismatched, fact))
    return _ended(course, fact, sha256)


def _ended(course: Course, fact: Fact, _: str | None) -> Course:
    return course if course.ended else course._replace(ended=fact)


def _terminated(course: Course, fact: Fact, _: str | None) -> Course:
    """Take in a termination, which counts only after a signature that counts."""
    if course.terminated or course.ended is None or course.ended.name is not SIGNED:
        return course
    return course._replace(terminated=fact)


STEPS: Mapping[EventName, Step] = {
    SENT: _sent,
    EventName.AgreementDelivered: _delivered,
    VIEWED: _viewed,
    EventName.AgreementBounced: _bounced,
    SIGNED: _signed,
    EventName.AgreementDeclined: _ended,
    EventName.AgreementExpired: _ended,
    EventName.AgreementVoided: _ended,
    TERMINATED: _terminated,
}


class Agreement(NamedTuple):
    """One agreement: its course, the facts since which its state and its turn hold, and what is odd about it.

    `rivals` are later terminal facts of another kind than the one that won, `loose_terminations` those that do not
    follow a signature that counts.
    """

    agreement_id: str
    course: Course
    state: str | None
    made_so: Fact | None
    turn_since: Fact | None
    rivals: Sequence[Fact]
    loose_terminations: Sequence[Fact]

    @property
    def rests_on(self) -> list[Fact | None]:
        """The facts behind the state."""
        course = self.course
        if course.ended:
            return [course.sent, course.ended, course.terminated, self.made_so]
        return [course.sent, course.arrived, course.bounced, *course.mismatched, self.made_so]


@remembered
def one(agreement_id: str, facts: tuple[Fact, ...]) -> Agreement:
    """Return what the facts of one id, earliest first, come to."""
    named = [(fact.name, fact) for fact in facts]
    history = [(fact, course, course.state) for fact, course in _history(named)]
    _, course, state = history[-1] if history else (None, Course(), None)
    return Agreement(
        agreement_id,
        course,
        state,
        made_so=turning_point([(fact, state) for fact, _, state in history]),
        turn_since=turning_point([(fact, _turn(state, course)) for fact, course, state in history]),
        rivals=_rivals(named, course),
        loose_terminations=_loose_terminations(named, course),
    )


def _turn(state: str | None, course: Course) -> str | None:
    """Return what is to be done about it: the steps towards a signature are one wait for it."""
    if state in TO_SIGN:
        return "clarify" if course.mismatched else "sign"
    return "renew" if state in FAILED else state


def _history(facts: Sequence[Named]) -> Iterator[tuple[Fact, Course]]:
    """Yield the course after each fact that changes it; once sent, also earlier signatures are held against it."""
    sent = next((number for number, (name, _) in enumerate(facts) if name is SENT), len(facts))
    yield from _changes(Course(), facts[:sent], None)
    if sent < len(facts):
        sha256 = facts[sent][1].data["document"]["sha256"]
        before = Course()
        for name, fact in facts[:sent]:
            before = STEPS[name](before, fact, sha256)
        yield from _changes(before, facts[sent:], sha256)


def _changes(course: Course, facts: Sequence[Named], sha256: str | None) -> Iterator[tuple[Fact, Course]]:
    for name, fact in facts:
        after = STEPS[name](course, fact, sha256)
        if after is not course:
            course = after
            yield fact, course


def _rivals(facts: Sequence[Named], course: Course) -> Sequence[Fact]:
    if course.ended is None:
        return ()
    won = course.ended.name
    return [fact for name, fact in facts if name is not won and name in TERMINAL and fact not in course.mismatched]


def _loose_terminations(facts: Sequence[Named], course: Course) -> Sequence[Fact]:
    signed = course.ended if course.ended is not None and course.ended.name is SIGNED else None
    terminations = (fact for name, fact in facts if name is TERMINATED)
    return [fact for fact in terminations if signed is None or fact.order < signed.order]
