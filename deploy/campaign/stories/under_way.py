"""The municipalities of the sample that still have something before them, each another thing."""

from contracts.events import Method, Partstat
from contracts.roles import Role
from deploy.campaign.outcome import Outcome
from deploy.campaign.stories.story import Story
from deploy.campaign.teller import Teller


def gladsaxe() -> Story:
    """Tell of two EANs, of which one has had its first invoice."""
    our = Teller("0159")
    first, second = "5798009015914", "5798009015921"
    return Story(
        our.code,
        Outcome(
            stage="to_verify",
            orientation="oriented",
            agreement="signed",
            guidance="acknowledged",
            webinar="accepted",
            forwarding="configured",
            task="completed",
            action="await_first_invoice",
        ),
        (
            our.oriented("03-12T08:00", Role.SYSTEMANSVARLIG_BOGFOERING),
            our.oriented("03-12T08:02", Role.KP_SYSTEMANSVARLIG),
            our.told_of_agreement("03-13T10:00"),
            our.completed("03-13T10:20"),
            our.delivered("04-14T06:03"),
            our.viewed("04-22T09:00"),
            our.responded("04-23T09:45", Partstat.ACCEPTED),
            our.signed("04-29T08:50", Method.DIGITAL),
            our.acknowledged("06-02T06:40", 2),
            our.configured("06-17T09:00", 1, first, second),
            our.verified("09-10T05:25", 1, first),
        ),
    )


def hoersholm() -> Story:
    """Tell of a task completed before anybody was oriented, and a set-up switched off again."""
    our = Teller("0223")
    return Story(
        our.code,
        Outcome(
            stage="to_configure",
            orientation="oriented",
            agreement="signed",
            guidance="published",
            webinar="attended",
            forwarding="disabled",
            task="completed",
            action="set_up_forwarding",
            anomalies=("late_orientation",),
        ),
        (
            our.completed("03-05T14:00"),
            our.oriented("03-20T08:00", Role.ERP_DIALOG),
            our.told_of_agreement("03-24T08:00"),
            our.viewed("04-16T07:00"),
            our.responded("04-30T11:00", Partstat.ACCEPTED),
            our.signed("05-04T10:40", Method.DIGITAL),
            our.attended("05-19T09:00", 1),
            our.configured("06-10T08:00", 1, "5798009022318"),
            our.disabled("07-01T08:00", 2, "Regnskabet flyttes til et nyt EAN-nummer."),
        ),
    )


def svendborg() -> Story:
    """Tell of an agreement opened by somebody whom nobody oriented: two things to do at once."""
    our = Teller("0479")
    return Story(
        our.code,
        Outcome(
            stage="to_sign",
            orientation="partial",
            agreement="viewed",
            guidance="published",
            webinar="invited",
            forwarding="none",
            task="completed",
            action="sign_agreement",
        ),
        (
            our.oriented("03-30T08:00", Role.SYSTEMANSVARLIG_BOGFOERING),
            our.completed("04-01T09:00"),
            our.delivered("04-14T06:07"),
            our.viewed("06-22T07:15"),
        ),
    )


def holstebro() -> Story:
    """Tell of an agreement declined where everything else is done."""
    our = Teller("0661")
    return Story(
        our.code,
        Outcome(
            stage="blocked",
            orientation="oriented",
            agreement="declined",
            guidance="acknowledged",
            webinar="tentative",
            forwarding="configured",
            task="completed",
            action="renew_agreement",
        ),
        (
            our.told_of_agreement("03-18T08:00"),
            our.oriented("03-18T08:30", Role.SYSTEMANSVARLIG_BOGFOERING),
            our.completed("03-19T08:00"),
            our.delivered("04-14T06:06"),
            our.viewed("04-28T09:00"),
            our.responded("04-29T07:00", Partstat.TENTATIVE),
            our.declined("05-05T12:00", "Navnet på kommunen er forkert i aftalen."),
            our.acknowledged("05-25T07:00", 2),
            our.configured("06-03T09:00", 1, "5798009066114"),
        ),
    )


def jammerbugt() -> Story:
    """Tell of a signature on another version than the one sent: it does not count, and EG has to clarify it."""
    our = Teller("0849")
    return Story(
        our.code,
        Outcome(
            stage="to_sign",
            orientation="oriented",
            agreement="viewed",
            guidance="published",
            webinar="attended",
            forwarding="none",
            task="open",
            action="clarify_signature",
            anomalies=("hash_mismatch",),
        ),
        (
            our.oriented("03-11T12:00", Role.SYSTEMANSVARLIG_BOGFOERING),
            our.told_of_agreement("03-31T09:00"),
            our.delivered("04-14T06:08"),
            our.viewed("04-17T08:00"),
            our.responded("04-23T10:00", Partstat.ACCEPTED),
            our.attended("05-19T09:00", 4),
            our.signed("06-04T11:20", Method.PAPER, version=2),
        ),
    )


def hjoerring() -> Story:
    """Tell of a signature before anybody was oriented, and of an EAN that belongs to another municipality."""
    our = Teller("0860")
    ean, foreign = "5798009086013", "5798009015921"
    return Story(
        our.code,
        Outcome(
            stage="blocked",
            orientation="none",
            agreement="signed",
            guidance="published",
            webinar="attended",
            forwarding="failed",
            task="open",
            action="check_ean_setup",
        ),
        (
            our.oriented("03-19T10:00", Role.OEIR_KOORDINATOR),
            our.assigned("03-19T10:30", Role.KP_SYSTEMANSVARLIG, Role.ERP_DIALOG),
            our.viewed("04-20T06:30"),
            our.responded("04-24T12:30", Partstat.ACCEPTED),
            our.signed("04-30T08:30", Method.ADMINISTRATIONSMODUL),
            our.attended("05-19T09:00", 2),
            our.configured("06-24T08:00", 1, ean, foreign),
            our.verified("09-03T05:30", 1, ean),
            our.failed("09-08T05:35", 1, foreign, "EAN hører ikke til kommunens regnskab."),
        ),
    )
