"""The service agreement: of one id, then of all of them, which one counts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from contracts.facts import Fact
from contracts.instants import shown
from contracts.names import EventName
from contracts.settle import Anomaly, Settled

TERMINAL = {
    EventName.AgreementSigned: "signed",
    EventName.AgreementDeclined: "declined",
    EventName.AgreementExpired: "expired",
    EventName.AgreementVoided: "voided",
}
NAMES = (
    EventName.AgreementSent,
    EventName.AgreementDelivered,
    EventName.AgreementViewed,
    EventName.AgreementBounced,
    *TERMINAL,
    EventName.AgreementTerminated,
)
#: The head that got furthest counts.
FURTHEST = ("signed", "viewed", "delivered", "sent", "bounced", "terminated", "declined", "expired", "voided")
OPEN = frozenset({"sent", "delivered", "viewed", "bounced"})


class Agreement(NamedTuple):
    """One agreement id: its state, the fact that made it so, and what is odd about it."""

    agreement_id: str
    state: str
    made_so: Fact
    rests_on: tuple[Fact, ...]
    sent: Fact | None
    mismatched: tuple[Fact, ...]
    rivals: tuple[Fact, ...]
    loose_terminations: tuple[Fact, ...]


def derive(own: Settled) -> tuple[dict[str, Any], list[Anomaly]]:
    """Return the track and its anomalies."""
    by_id: dict[str, list[Fact]] = defaultdict(list)
    for fact in own.of(*NAMES):
        by_id[fact.data["agreement_id"]].append(fact)
    agreements = [one(agreement_id, facts) for agreement_id, facts in sorted(by_id.items())]
    superseded, circling = _superseded(own.of(EventName.AgreementSent))
    heads = [each for each in agreements if each.agreement_id not in superseded]
    effective = min((each for each in heads if each.state in FURTHEST), key=_furthest, default=None)
    return _track(own, agreements, heads, effective), _anomalies(agreements, heads, circling)


def one(agreement_id: str, facts: Sequence[Fact]) -> Agreement:
    """Return what the facts of one id, earliest first, come to."""
    sent = next((fact for fact in facts if fact.name is EventName.AgreementSent), None)
    signatures = [fact for fact in facts if fact.name is EventName.AgreementSigned]
    mismatched = tuple(fact for fact in signatures if sent is not None and not _fits(fact, sent))
    terminals = [fact for fact in facts if fact.name in TERMINAL and fact not in mismatched]
    terminations = [fact for fact in facts if fact.name is EventName.AgreementTerminated]
    ended = terminals[0] if terminals else None
    following = [
        each
        for each in terminations
        if ended is not None and ended.name is EventName.AgreementSigned and each.order > ended.order
    ]
    rivals = tuple(fact for fact in terminals[1:] if ended is not None and fact.name is not ended.name)
    loose = tuple(fact for fact in terminations if fact not in following)
    if following and ended is not None:
        state, made_so = "terminated", following[0]
    elif ended is not None:
        state, made_so = TERMINAL[ended.name], ended
    else:
        state, made_so = _on_its_way(facts, sent)
    rests_on = tuple(fact for fact in (sent, ended, made_so) if fact is not None)
    return Agreement(agreement_id, state, made_so, tuple(dict.fromkeys(rests_on)), sent, mismatched, rivals, loose)


def _fits(signed: Fact, sent: Fact) -> bool:
    fits: bool = signed.data["document_sha256"] == sent.data["document"]["sha256"]
    return fits


def _on_its_way(facts: Sequence[Fact], sent: Fact | None) -> tuple[str, Fact]:
    """Return the state before any terminal fact: a bounce counts until a later delivery or view."""
    arrived = [fact for fact in facts if fact.name in {EventName.AgreementDelivered, EventName.AgreementViewed}]
    bounces = [fact for fact in facts if fact.name is EventName.AgreementBounced]
    if bounces and not any(fact.order > bounces[-1].order for fact in arrived):
        return "bounced", bounces[-1]
    for name, state in ((EventName.AgreementViewed, "viewed"), (EventName.AgreementDelivered, "delivered")):
        found = next((fact for fact in arrived if fact.name is name), None)
        if found is not None:
            return state, found
    return ("sent", sent) if sent is not None else ("awaiting_eg", facts[0])


def _superseded(sent: Iterable[Fact]) -> tuple[set[str], list[Fact]]:
    """Return the ids that a successor takes the place of, and the facts whose links run in a circle."""
    links = [(fact.data["agreement_id"], fact.data["supersedes"], fact) for fact in sent if fact.data.get("supersedes")]
    onward: dict[str, set[str]] = defaultdict(set)
    for successor, earlier, _ in links:
        onward[successor].add(earlier)
    circling = [fact for successor, earlier, fact in links if _reaches(earlier, successor, onward)]
    return {earlier for _, earlier, fact in links if fact not in circling}, circling


def _reaches(start: str, goal: str, onward: Mapping[str, set[str]]) -> bool:
    seen, waiting = set(), [start]
    while waiting:
        each = waiting.pop()
        if each == goal:
            return True
        if each not in seen:
            seen.add(each)
            waiting += onward.get(each, ())
    return False


def _furthest(agreement: Agreement) -> tuple[int, int, str]:
    """Order heads: the one that got furthest first, then the latest sent, then a steady choice."""
    sent = agreement.sent
    return FURTHEST.index(agreement.state), -_instant_number(sent.time) if sent else 1, agreement.agreement_id


def _instant_number(instant: str) -> int:
    return int("".join(filter(str.isdigit, instant)))


def _track(
    own: Settled, agreements: Sequence[Agreement], heads: Sequence[Agreement], effective: Agreement | None
) -> dict[str, Any]:
    head_ids = {each.agreement_id for each in heads}
    signed = effective is not None and effective.state in {"signed", "terminated"}
    return {
        "state": effective.state if effective else "awaiting_eg",
        "since": shown(effective.made_so.time) if effective else None,
        "agreement_id": effective.agreement_id if effective else None,
        "details_pending": effective is not None and effective.sent is None,
        "facts": [fact.id for fact in effective.rests_on] if effective else [],
        "signed": signed,
        "signature_mismatched": effective is not None and bool(effective.mismatched),
        "agreements": [_shown(each, head=each.agreement_id in head_ids) for each in agreements],
        "batches": [
            {"batch_id": fact.data["batch_id"], "sent": shown(fact.time)}
            for fact in own.of(EventName.AgreementSent)
            if fact.data.get("batch_id")
        ],
    }


def _shown(agreement: Agreement, *, head: bool) -> dict[str, Any]:
    data = agreement.sent.data if agreement.sent else {}
    return {
        "agreement_id": agreement.agreement_id,
        "state": agreement.state if head else "superseded",
        "since": shown(agreement.made_so.time),
        "sent": shown(agreement.sent.time) if agreement.sent else None,
        "document": data.get("document"),
        "supplier": data.get("supplier"),
        "sign_by": data.get("sign_by"),
        "batch_id": data.get("batch_id"),
        "supersedes": data.get("supersedes"),
        "reason": agreement.made_so.data.get("reason"),
    }


def _anomalies(agreements: Sequence[Agreement], heads: Sequence[Agreement], circling: Sequence[Fact]) -> list[Anomaly]:
    found: list[Anomaly] = []
    for each in agreements:
        for code, facts in (
            ("hash_mismatch", each.mismatched),
            ("rival", each.rivals),
            ("terminated_without_signature", each.loose_terminations),
        ):
            if facts:
                found.append({"code": code, "facts": [fact.id for fact in facts]})
    if circling:
        found.append({"code": "supersedes_cycle", "facts": [fact.id for fact in circling]})
    parallel = [each for each in heads if each.state in OPEN or each.state == "signed"]
    if len(parallel) > 1:
        found.append({"code": "parallel_agreements", "facts": [(each.sent or each.made_so).id for each in parallel]})
    return found
