"""The municipalities of the sample whose eFaktura reach KP in the end, each by another way."""

from contracts.events import Method, Partstat
from contracts.roles import Role
from contracts.topics import Topic
from deploy.campaign.outcome import Outcome
from deploy.campaign.stories.story import Story
from deploy.campaign.teller import Teller


def odense() -> Story:
    """Tell of everything going as the card has it."""
    our = Teller("0461")
    first, second = "5798009046116", "5798009046123"
    return Story(
        our.code,
        Outcome(
            stage="receiving",
            orientation="oriented",
            agreement="signed",
            guidance="acknowledged",
            webinar="attended",
            forwarding="verified",
            task="completed",
            action="none",
        ),
        (
            our.told_of_agreement("03-09T08:10"),
            our.oriented("03-09T08:25", Role.SYSTEMANSVARLIG_BOGFOERING),
            our.oriented("03-16T09:00", Role.OEIR_KOORDINATOR),
            our.assigned("03-16T12:40", Role.KP_SYSTEMANSVARLIG, Role.SYSTEMANSVARLIG_BOGFOERING),
            our.completed("03-18T10:05"),
            our.delivered("04-14T06:04"),
            our.viewed("04-15T07:30"),
            our.signed("04-20T09:15", Method.DIGITAL),
            our.responded("04-24T08:00", Partstat.ACCEPTED),
            our.attended("05-19T09:00", 3),
            our.acknowledged("05-22T07:45", 2),
            our.configured("06-02T11:00", 1, first, second),
            our.verified("08-31T05:10", 1, first),
            our.verified("09-01T05:12", 1, second),
        ),
    )


def vejle() -> Story:
    """Tell of a stand-in, a signature given in EG's own module, and a failure that is mended."""
    our = Teller("0630")
    ean = "5798009063014"
    return Story(
        our.code,
        Outcome(
            stage="receiving",
            orientation="oriented",
            agreement="signed",
            guidance="acknowledged",
            webinar="attended",
            forwarding="verified",
            task="completed",
            action="none",
        ),
        (
            our.oriented("03-10T09:00", Role.ERP_DIALOG),
            our.told_of_agreement("03-11T09:30"),
            our.completed("03-12T13:00"),
            our.signed("04-15T10:00", Method.ADMINISTRATIONSMODUL),
            our.responded("04-27T06:50", Partstat.TENTATIVE),
            our.acknowledged("04-28T12:00", 1),
            our.responded("05-06T10:10", Partstat.ACCEPTED),
            our.attended("05-19T09:00", 2),
            our.acknowledged("05-29T08:20", 2),
            our.configured("06-08T08:00", 1, ean),
            our.failed("08-24T05:30", 1, ean, "Reglen på EAN peger på den gamle modtager."),
            our.configured("08-27T09:40", 2, ean),
            our.verified("09-07T05:05", 2, ean),
        ),
    )


def herning() -> Story:
    """Tell of a set-up before the signature, an expiry told in error and retracted, a task never completed."""
    our = Teller("0657")
    ean = "5798009065711"
    expiry = our.expired("06-01T06:00", "2026-05-31")
    return Story(
        our.code,
        Outcome(
            stage="receiving",
            orientation="oriented",
            agreement="signed",
            guidance="published",
            webinar="declined",
            forwarding="verified",
            task="open",
            action="none",
        ),
        (
            our.oriented("03-17T08:00", Role.SYSTEMANSVARLIG_BOGFOERING),
            our.told_of_agreement("03-17T08:05"),
            our.delivered("04-14T06:05"),
            our.responded("04-23T12:00", Partstat.DECLINED),
            our.acknowledged("04-29T09:00", 1),
            our.configured("05-26T10:30", 1, ean),
            expiry,
            our.retracted(
                "06-03T08:15", expiry, Topic.AGREEMENTS, "Aftalen har ingen frist; meldt udløbet ved en fejl."
            ),
            our.signed("06-15T12:45", Method.PAPER),
            our.verified("09-02T05:20", 1, ean),
        ),
    )


def ikast_brande() -> Story:
    """Tell of an agreement that bounced, a signature that arrives before its successor, and a change of mind."""
    our = Teller("0756")
    ean, successor = "5798009075611", "AFT-8B-0756-2"
    archive = "Arkivér den gamle aftale om fakturamodtagelse."
    return Story(
        our.code,
        Outcome(
            stage="receiving",
            orientation="oriented",
            agreement="signed",
            guidance="acknowledged",
            webinar="attended",
            forwarding="verified",
            task="completed",
            action="none",
        ),
        (
            our.told_of_agreement("03-23T07:30"),
            our.oriented("03-25T10:00", Role.SYSTEMANSVARLIG_BOGFOERING),
            our.completed("03-26T08:00"),
            our.item_added("03-26T08:10", "LOKAL-0756-1", archive),
            our.reopened("03-27T07:00", "Økonomiafdelingen skal også orienteres."),
            our.oriented("04-08T09:00", Role.OEKONOMIAFDELING),
            our.completed("04-08T09:30"),
            our.bounced("04-14T06:20", "Postkassen findes ikke."),
            our.sent("04-21T06:30", agreement=successor, supersedes=our.agreement),
            our.delivered("04-21T06:33", successor),
            our.viewed("04-27T11:00", successor),
            our.responded("04-28T08:00", Partstat.ACCEPTED),
            our.signed("05-06T13:10", Method.PAPER, agreement=successor),
            our.item_closed("05-08T07:00", "LOKAL-0756-1", archive),
            our.attended("05-19T09:00", 1),
            our.acknowledged("05-27T07:10", 2),
            our.configured("06-11T08:30", 1, ean),
            our.verified("09-03T05:15", 1, ean),
        ),
    )
