"""The agreement track, sentence by sentence."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from tests.oracle.counting import Anomaly
from tests.oracle.reading import Told, earliest, ids, latest, named
from tests.oracle.since import since

TERMINAL = {
    "AgreementSigned": "signed",
    "AgreementDeclined": "declined",
    "AgreementExpired": "expired",
    "AgreementVoided": "voided",
}
ABOUT_AN_AGREEMENT = (
    *TERMINAL,
    "AgreementSent",
    "AgreementDelivered",
    "AgreementViewed",
    "AgreementBounced",
    "AgreementTerminated",
)
#: "Of several heads the one that got furthest counts (signed, viewed, …)".
FURTHEST = ("signed", "viewed", "delivered", "sent", "bounced", "terminated", "declined", "expired", "voided")
UNSIGNED = ("sent", "delivered", "viewed")
#: Open: no terminal fact yet, so it can still be signed.
OPEN_OR_SIGNED = (*UNSIGNED, "bounced", "signed")


class Agreement(NamedTuple):
    """One agreement: its facts, earliest first, and what they come to; `state` is None where nothing counts yet."""

    id: str
    facts: list[Told]

    @property
    def sent(self) -> Told | None:
        """Two AgreementSent of one id: the earlier is the sent one."""
        return earliest(named(self.facts, "AgreementSent"))

    @property
    def mismatched(self) -> list[Told]:
        """Signed `document_sha256` ≠ the sent one."""
        if self.sent is None:
            return []
        sent_hash = self.sent.data["document"]["sha256"]
        return [fact for fact in named(self.facts, "AgreementSigned") if fact.data["document_sha256"] != sent_hash]

    @property
    def terminals(self) -> list[Told]:
        """Terminal facts: signed, declined, expired, voided. A mismatched signature is not signed, not terminal."""
        return [fact for fact in named(self.facts, *TERMINAL) if fact not in self.mismatched]

    @property
    def settled_by(self) -> Told | None:
        """The earliest wins."""
        return earliest(self.terminals)

    @property
    def terminations_that_count(self) -> list[Told]:
        """Only a termination changes a terminal state, and it counts only after a signature that counts."""
        settled = self.settled_by
        if settled is None or settled.name != "AgreementSigned":
            return []
        return [fact for fact in named(self.facts, "AgreementTerminated") if fact.order > settled.order]

    @property
    def state(self) -> str | None:
        settled = self.settled_by
        if settled is not None:
            return "terminated" if self.terminations_that_count else TERMINAL[settled.name]
        return self._before_a_terminal()

    @property
    def since(self) -> str | None:
        """`since` is the `time` of the fact that made the state true."""
        return since(self.facts, lambda some: Agreement(self.id, some).state)

    def _before_a_terminal(self) -> str | None:
        """Viewed outranks delivered whatever their times; a bounce counts until a later delivered or viewed."""
        bounce = latest(named(self.facts, "AgreementBounced"))
        arrival = latest(named(self.facts, "AgreementDelivered", "AgreementViewed"))
        if bounce and (arrival is None or arrival.order < bounce.order):
            return "bounced"
        if named(self.facts, "AgreementViewed"):
            return "viewed"
        if named(self.facts, "AgreementDelivered"):
            return "delivered"
        return "sent" if self.sent else None


def agreements(facts: Iterable[Told]) -> list[Agreement]:
    """Every agreement of which something counts: a termination alone says nothing that does."""
    about = named(facts, *ABOUT_AN_AGREEMENT)
    found = {fact.data["agreement_id"] for fact in about}
    every = [Agreement(each, [fact for fact in about if fact.data["agreement_id"] == each]) for each in sorted(found)]
    return [each for each in every if each.state]


def effective(facts: Iterable[Told]) -> Agreement | None:
    """Of several heads the one that got furthest counts, then the latest sent."""

    candidates = heads(facts)
    furthest = [each for each in candidates if each.state == _got_furthest(candidates)]
    latest_sent = latest(each.sent for each in furthest if each.sent)
    # of several whose AgreementSent is not known none is the latest sent: the least id is a steady choice
    return next((each for each in furthest if each.sent == latest_sent), None)


def _got_furthest(candidates: list[Agreement]) -> str | None:
    return min((str(each.state) for each in candidates), key=FURTHEST.index, default=None)


def heads(facts: Iterable[Told]) -> list[Agreement]:
    """A head is one that no counting AgreementSent supersedes (links in a circle are ignored)."""
    known = list(facts)
    taken_away = {str(link.data["supersedes"]) for link in _links(known) if not _circle(link, known)}
    return [each for each in agreements(known) if each.id not in taken_away]


def _links(facts: Iterable[Told]) -> list[Told]:
    return [fact for fact in named(facts, "AgreementSent") if fact.data.get("supersedes") is not None]


def _superseded_by(agreement_id: str, facts: list[Told]) -> set[str]:
    """Every agreement that `agreement_id` supersedes, directly or through others."""
    reached: set[str] = set()
    ahead = [agreement_id]
    while ahead:
        here = ahead.pop()
        for link in _links(facts):
            after = str(link.data["supersedes"])
            if link.data["agreement_id"] == here and after not in reached:
                reached.add(after)
                ahead.append(after)
    return reached


def _circle(link: Told, facts: list[Told]) -> list[Told]:
    """The links that lie in a circle with `link`; none when it lies in none."""
    start = str(link.data["agreement_id"])
    if start not in {str(link.data["supersedes"]), *_superseded_by(str(link.data["supersedes"]), facts)}:
        return []
    around = {other for other in _superseded_by(start, facts) if start in _superseded_by(other, facts)}
    return [each for each in _links(facts) if {each.data["agreement_id"], each.data["supersedes"]} <= around]


def agreement_track(facts: Sequence[Told]) -> dict[str, Any]:
    """The JSON of `tracks.agreement`."""
    chosen = effective(facts)
    if chosen is None:
        return {"state": "awaiting_eg", "since": None, "agreement_id": None, "details_pending": False}
    return {
        "state": chosen.state,
        "since": chosen.since,
        "agreement_id": chosen.id,
        # Signed (or any other fact) before its AgreementSent is known: it counts, flag `details_pending`.
        "details_pending": chosen.sent is None,
    }


def agreement_anomalies(facts: Sequence[Told]) -> Iterable[Anomaly]:
    for agreement_id in {fact.data["agreement_id"] for fact in named(facts, *ABOUT_AN_AGREEMENT)}:
        about = [fact for fact in named(facts, *ABOUT_AN_AGREEMENT) if fact.data["agreement_id"] == agreement_id]
        yield from _of_one(Agreement(agreement_id, about))
    for link in _links(facts):
        circle = _circle(link, list(facts))
        if circle:
            yield "supersedes_cycle", ids(circle)
    several = [each for each in heads(facts) if each.state in OPEN_OR_SIGNED]
    if len(several) > 1:  # more than one head open or signed
        yield "parallel_agreements", ids(each.sent for each in several if each.sent)


def _of_one(agreement: Agreement) -> Iterable[Anomaly]:
    for fact in agreement.mismatched:
        yield "hash_mismatch", ids([fact])
    for fact in agreement.terminals:  # a later one of another kind is a rival; a second of the winning kind is none
        if agreement.settled_by and fact.name != agreement.settled_by.name:
            yield "rival", ids([fact])
    for fact in named(agreement.facts, "AgreementTerminated"):
        if fact not in agreement.terminations_that_count:
            yield "terminated_without_signature", ids([fact])
