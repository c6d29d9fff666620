"""When which fact of the topic klarmeld.notifications held, and its data."""

from contracts import events as e
from contracts.events import Event
from contracts.examples.world import GUIDANCE, GUIDANCE_SHA256, WEBINAR
from contracts.roles import Role

DATA: list[tuple[str, Event]] = [
    (
        "2026-02-20T08:00:00Z",
        e.GuidancePublished(
            guidance_id=GUIDANCE,
            version=1,
            title="Vejledning: etablering og opsætning",
            url="https://eg.example/vejledning-8b.pdf",
            sha256=GUIDANCE_SHA256,
        ),
    ),
    (
        "2026-02-21T08:00:00Z",
        e.GuidanceAcknowledged(guidance_id=GUIDANCE, version=1, by_role=Role.SYSTEMANSVARLIG_BOGFOERING),
    ),
    (
        "2026-02-20T09:00:00Z",
        e.WebinarScheduled(
            webinar_id=WEBINAR,
            sequence=0,
            title="eFaktura 8b: fælles webinar",
            starts_at="2026-03-10T10:00:00+01:00",
            ends_at="2026-03-10T11:00:00+01:00",
            timezone="Europe/Copenhagen",
            join_url="https://eg.example/webinar-8b",
            organizer="efaktura@eg.example",
        ),
    ),
    (
        "2026-03-01T09:00:00Z",
        e.WebinarRescheduled(
            webinar_id=WEBINAR,
            sequence=1,
            starts_at="2026-03-12T10:00:00+01:00",
            ends_at="2026-03-12T11:00:00+01:00",
        ),
    ),
    ("2026-03-05T09:00:00Z", e.WebinarCancelled(webinar_id=WEBINAR, sequence=2, reason="Oplægsholderen er syg")),
    (
        "2026-02-20T09:05:00Z",
        e.WebinarInvited(webinar_id=WEBINAR, sequence=0, role=Role.SYSTEMANSVARLIG_BOGFOERING),
    ),
    (
        "2026-02-22T09:00:00Z",
        e.WebinarResponded(webinar_id=WEBINAR, partstat=e.Partstat.ACCEPTED, by_role=Role.SYSTEMANSVARLIG_BOGFOERING),
    ),
    ("2026-03-12T10:05:00Z", e.WebinarAttended(webinar_id=WEBINAR, attendees=3)),
    (
        "2026-03-13T09:00:00Z",
        e.WebinarRecordingPublished(webinar_id=WEBINAR, url="https://eg.example/webinar-8b/optagelse"),
    ),
    (
        "2026-02-02T09:00:00Z",
        e.NotificationSent(
            notification_key="N-0630-aftale", template="agreement_sent", role=Role.AFTALEADMINISTRATOR, channel="mail"
        ),
    ),
    (
        "2026-02-02T09:00:01Z",
        e.NotificationFailed(
            notification_key="N-0630-aftale",
            template="agreement_sent",
            role=Role.AFTALEADMINISTRATOR,
            channel="mail",
            reason="550 ukendt modtager",
        ),
    ),
    (
        "2026-02-02T09:00:02Z",
        e.NotificationSuppressed(
            notification_key="N-0630-aftale",
            template="agreement_sent",
            role=Role.AFTALEADMINISTRATOR,
            channel="mail",
            reason="Kommunen har ingen kontaktadresse for rollen",
        ),
    ),
]
