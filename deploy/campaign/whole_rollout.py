"""What the campaign tells about the whole rollout, and what EG tells to all municipalities alike."""

import hashlib
from collections.abc import Sequence

from contracts import events as say
from contracts.codec import NewEvent
from contracts.topics import OWN_SOURCES, Topic
from deploy.campaign.card import card
from deploy.campaign.teller import BATCH, EG, GUIDANCE, WEBINAR, Teller, new

_PAGE = "https://vejledning.example/efaktura-8b"


def whole_rollout(roster: Sequence[str]) -> tuple[NewEvent, ...]:
    """Return the card, the one batch, the guidance in two versions and the one webinar, which is moved once."""
    moved = say.WebinarRescheduled(
        webinar_id=WEBINAR, sequence=1, starts_at="2026-05-19T09:00:00+02:00", ends_at="2026-05-19T10:30:00+02:00"
    )
    dispatched = say.AgreementBatchDispatched(batch_id=BATCH, roster=tuple(roster), roster_as_of="2013-01-01")
    recording = say.WebinarRecordingPublished(webinar_id=WEBINAR, url=f"{_PAGE}/webinar")
    return (
        new("03-02T06:00", OWN_SOURCES[Topic.TASKS], card()),
        new("04-14T06:00", EG, dispatched),
        new("04-21T07:00", EG, _guidance(1)),
        new("04-22T07:00", EG, _webinar()),
        new("05-04T07:00", EG, moved),
        new("05-20T07:00", EG, _guidance(2)),
        new("05-21T07:00", EG, recording),
    )


def told_to_all(code: str) -> tuple[NewEvent, ...]:
    """Return what each municipality of the roster hears: it takes part, gets an agreement at once and an invitation."""
    one = Teller(code)
    return one.enrolled("03-02T06:30"), one.sent("04-14T06:00", BATCH), one.invited("04-23T07:00")


def _guidance(version: int) -> say.GuidancePublished:
    return say.GuidancePublished(
        guidance_id=GUIDANCE,
        version=version,
        title="Vejledning i etablering og opsætning af eFaktura-snitfladen mellem ØS Indsigt og KP",
        url=f"{_PAGE}/{version}",
        sha256=hashlib.sha256(f"{GUIDANCE} {version}".encode()).hexdigest(),
    )


def _webinar() -> say.WebinarScheduled:
    return say.WebinarScheduled(
        webinar_id=WEBINAR,
        sequence=0,
        title="eFaktura til KP: serviceaftale, opsætning og spørgsmål",
        starts_at="2026-05-12T09:00:00+02:00",
        ends_at="2026-05-12T10:30:00+02:00",
        timezone="Europe/Copenhagen",
        join_url=f"{_PAGE}/deltag",
        organizer="webinar@vejledning.example",
    )
