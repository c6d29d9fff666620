"""The facts of one service agreement, a day each, and short ways of asking what they come to."""

from typing import Any

from tests.facts_made import Plain, fact
from tests.unit.contracts.tracks.told import odd, track, view

ENROLLED = fact("MunicipalityEnrolled")
SENT = fact("AgreementSent", 2, named="sent")
DELIVERED = fact("AgreementDelivered", 3, named="delivered")
VIEWED = fact("AgreementViewed", 4, named="viewed")
BOUNCED = fact("AgreementBounced", 5, named="bounced", reason="Fuld postkasse")
SIGNED = fact("AgreementSigned", 6, named="signed")
DECLINED = fact("AgreementDeclined", 7, named="declined", reason="Forkert enhed")
TERMINATED = fact("AgreementTerminated", 9, named="terminated", reason="Skifter ERP")


def state(*facts: Plain, as_of: int | None = None) -> Any:
    return track("agreement", *facts, as_of=as_of)["state"]


def since(*facts: Plain) -> Any:
    return track("agreement", *facts)["since"]


def anomalies(*facts: Plain) -> list[tuple[str, list[str]]]:
    return odd(view(ENROLLED, *facts))
