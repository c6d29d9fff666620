"""Enrolment: whether the municipality uses ØS Indsigt, so that the card concerns it at all."""

from typing import Any

from contracts.instants import shown
from contracts.names import EventName
from contracts.settle import Anomaly, Settled


def derive(own: Settled) -> tuple[dict[str, Any], list[Anomaly]]:
    """Return the later of enrolled and withdrawn; an agreement sent to one never enrolled is an anomaly."""
    said = own.of(EventName.MunicipalityEnrolled, EventName.MunicipalityWithdrawn)
    last = said[-1] if said else None
    enrolled = last is not None and last.name is EventName.MunicipalityEnrolled
    enrolments = own.of(EventName.MunicipalityEnrolled)
    sent = [fact.id for fact in own.of(EventName.AgreementSent)]
    state = {
        "state": ("enrolled" if enrolled else "withdrawn") if last else "none",
        "since": shown(last.time) if last else None,
        "facts": [last.id] if last else [],
        "roster_source": enrolments[-1].data["roster_source"] if enrolments else None,
    }
    return state, [{"code": "not_enrolled", "facts": sent}] if sent and not enrolments else []
