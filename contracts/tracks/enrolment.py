"""Enrolment: whether the municipality uses ØS Indsigt, so that the card concerns it at all."""

from typing import Any

from contracts.anomalies import Anomaly, Oddity, anomalies
from contracts.concerns import Concern
from contracts.names import EventName
from contracts.settle import Settled
from contracts.tracks.grounds import since, turning_point


def derive(own: Settled) -> tuple[dict[str, Any], list[Anomaly]]:
    """Return the later of enrolled and withdrawn; an agreement sent to one never enrolled is an anomaly."""
    history = [(fact, _STATES[fact.name]) for fact in own.about(Concern.ENROLMENT)]
    point = turning_point(history)
    enrolments = [fact for fact, state in history if state == "enrolled"]
    enrolment = {
        "state": history[-1][1] if history else "none",
        "since": since(point),
        "facts": [point.id] if point else [],
        "erp": enrolments[-1].data["erp"] if enrolments else None,
        "roster_source": enrolments[-1].data["roster_source"] if enrolments else None,
    }
    return enrolment, [] if enrolments else anomalies(Oddity.NOT_ENROLLED, _sent(own))


_STATES = {EventName.MunicipalityEnrolled: "enrolled", EventName.MunicipalityWithdrawn: "withdrawn"}


def _sent(own: Settled) -> list[Any]:
    return [fact for fact in own.about(Concern.AGREEMENT) if fact.name is EventName.AgreementSent]
