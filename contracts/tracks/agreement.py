"""The service agreement: of all agreements of a municipality, the one that counts."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from contracts.anomalies import Anomaly, Oddity, anomalies
from contracts.concerns import Concern
from contracts.facts import Fact
from contracts.instants import shown
from contracts.names import EventName
from contracts.settle import Settled
from contracts.tracks.grounds import ids, since
from contracts.tracks.one_agreement import SENT, Agreement, one
from contracts.tracks.supersession import superseded

#: The head that got furthest counts.
FURTHEST = ("signed", "viewed", "delivered", "sent", "bounced", "terminated", "declined", "expired", "voided")
OPEN_OR_SIGNED = frozenset({"sent", "delivered", "viewed", "bounced", "signed"})
WITHOUT_REASON = frozenset({EventName.AgreementSigned, EventName.AgreementExpired})


def derive(own: Settled) -> tuple[dict[str, Any], list[Anomaly]]:
    """Return the track and its anomalies."""
    facts = own.about(Concern.AGREEMENT)
    sent = [fact for fact in facts if fact.name is SENT]
    agreements = _agreements(facts)
    replaced, circling = superseded(sent)
    heads = [each for each in agreements if each.agreement_id not in replaced and each.state]
    track = {
        **_effective(_furthest(heads)),
        "agreements": [_shown(each, replaced.get(each.agreement_id)) for each in agreements if each.state],
        "batches": [
            {"batch_id": fact.data["batch_id"], "sent": shown(fact.time)} for fact in sent if fact.data.get("batch_id")
        ],
    }
    return track, [*_odd(agreements), *_parallel(heads), *anomalies(Oddity.SUPERSEDES_CYCLE, circling)]


def _agreements(facts: Sequence[Fact]) -> list[Agreement]:
    by_id: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_id[fact.subject].append(fact)  # as the contract has it, it repeats the data's `agreement_id`
    return [one(agreement_id, tuple(about)) for agreement_id, about in sorted(by_id.items())]


def _furthest(heads: Sequence[Agreement]) -> Agreement | None:
    """Return the head that got furthest, of several the latest sent; where none is sent, the one of least id."""
    if not heads:
        return None
    best = min(heads, key=_rank).state
    return max((each for each in heads if each.state == best), key=_sent_order)


def _rank(agreement: Agreement) -> int:
    return FURTHEST.index(str(agreement.state))


def _sent_order(agreement: Agreement) -> tuple[str, ...]:
    return agreement.course.sent.order if agreement.course.sent else ()


def _effective(agreement: Agreement | None) -> dict[str, Any]:
    return {
        "state": agreement.state if agreement else "awaiting_eg",
        "since": since(agreement.made_so) if agreement else None,
        "agreement_id": agreement.agreement_id if agreement else None,
        "details_pending": agreement is not None and agreement.course.sent is None,
        "facts": ids(agreement.rests_on) if agreement else [],
        "mismatched": [fact.id for fact in agreement.course.mismatched] if agreement else [],
        "turn_since": since(agreement.turn_since) if agreement else None,
    }


def _shown(agreement: Agreement, successor: str | None) -> dict[str, Any]:
    return {
        "agreement_id": agreement.agreement_id,
        "state": agreement.state,
        "superseded": successor is not None,
        "superseded_by": successor,
        "since": since(agreement.made_so),
        "reason": _reason(agreement),
        "mismatched": bool(agreement.course.mismatched),
        **_details(agreement.course.sent),
    }


def _reason(agreement: Agreement) -> str | None:
    """Return why it bounced, was declined, voided or terminated."""
    course = agreement.course
    fact = course.terminated or course.ended or course.bounced
    reasoned = fact is not None and fact.name not in WITHOUT_REASON
    return str(fact.data["reason"]) if fact is not None and reasoned else None


def _details(sent: Fact | None) -> dict[str, Any]:
    """Return what the AgreementSent says, by name: a body may hold fields that nobody here has checked."""
    data = sent.data if sent else {}
    document = data.get("document")
    return {
        "sent": shown(sent.time) if sent else None,
        "document": document and {name: document[name] for name in ("title", "version", "sha256")},
        **{name: data.get(name) for name in ("supplier", "sign_by", "batch_id", "supersedes")},
    }


def _odd(agreements: Sequence[Agreement]) -> list[Anomaly]:
    found: list[Anomaly] = []
    for each in agreements:
        found += anomalies(Oddity.HASH_MISMATCH, each.course.mismatched)
        found += anomalies(Oddity.RIVAL, each.rivals)
        found += anomalies(Oddity.TERMINATED_WITHOUT_SIGNATURE, each.loose_terminations)
    return found


def _parallel(heads: Sequence[Agreement]) -> list[Anomaly]:
    """More than one head that is open or signed; each is named by its AgreementSent, or by what made it so."""
    told = [each.course.sent or each.made_so for each in heads if each.state in OPEN_OR_SIGNED]
    return anomalies(Oddity.PARALLEL_AGREEMENTS, filter(None, told)) if len(told) > 1 else []
