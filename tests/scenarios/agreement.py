"""Scenarios: one agreement."""

from tests.facts_made import OTHER_SHA, fact, retraction
from tests.scenarios.shape import ENROLLED, Scenario, day

_SENT = fact("AgreementSent", 3, named="sent")
_SIGNED = fact("AgreementSigned", 5, named="signed")
_DECLINED = fact("AgreementDeclined", 6, named="declined")
_OTHER_PAPER = fact("AgreementSigned", 5, named="other-paper", document_sha256=OTHER_SHA)
_TERMINATED = fact("AgreementTerminated", 8, named="terminated")
_BOUNCED = fact("AgreementBounced", 5, named="bounced")

AGREEMENT = (
    Scenario(
        "The earliest terminal fact wins; a later one of another kind is a rival.",
        {"agreement.state": "signed", "agreement.since": day(5)},
        (ENROLLED, _DECLINED, _SENT, _SIGNED),
        anomalies={"rival": {"declined"}},
    ),
    Scenario(
        "A second of the winning kind is no rival.",
        {"agreement.state": "signed", "agreement.since": day(5)},
        (ENROLLED, _SENT, _SIGNED, fact("AgreementSigned", 7)),
    ),
    Scenario(
        "Expired before it was declined stays expired.",
        {"agreement.state": "expired", "agreement.since": day(4), "stage": "blocked", "turn": "renew_agreement"},
        (ENROLLED, _SENT, fact("AgreementExpired", 4), _DECLINED),
        anomalies={"rival": {"declined"}},
    ),
    Scenario(
        "Only a termination changes a terminal state.",
        {"agreement.state": "terminated", "agreement.since": day(8), "stage": "blocked"},
        (ENROLLED, _SENT, _TERMINATED, _SIGNED),
    ),
    Scenario(
        "A termination counts only after a signature that counts.",
        {"agreement.state": "signed"},
        (ENROLLED, _SENT, fact("AgreementTerminated", 4, named="early"), _SIGNED),
        anomalies={"terminated_without_signature": {"early"}},
    ),
    Scenario(
        "A rival's signature is none that counts.",
        {"agreement.state": "declined", "agreement.since": day(6)},
        (ENROLLED, _SENT, _DECLINED, fact("AgreementSigned", 7, named="late"), _TERMINATED),
        anomalies={"rival": {"late"}, "terminated_without_signature": {"terminated"}},
    ),
    Scenario(
        "Viewed outranks delivered whatever their times.",
        {"agreement.state": "viewed", "agreement.since": day(4)},
        (ENROLLED, _SENT, fact("AgreementDelivered", 6), fact("AgreementViewed", 4)),
    ),
    Scenario(
        "A bounce counts.",
        {"agreement.state": "bounced", "agreement.since": day(5), "stage": "blocked", "turn": "renew_agreement"},
        (ENROLLED, _SENT, fact("AgreementViewed", 4), _BOUNCED),
    ),
    Scenario(
        "... until a later delivered or viewed.",
        {"agreement.state": "delivered", "agreement.since": day(6), "stage": "to_sign"},
        (ENROLLED, _SENT, _BOUNCED, fact("AgreementDelivered", 6)),
    ),
    Scenario(
        "... and a second bounce makes nothing true that was not.",
        {"agreement.state": "bounced", "agreement.since": day(5)},
        (ENROLLED, _SENT, _BOUNCED, fact("AgreementBounced", 7)),
    ),
    Scenario(
        "Viewed, then bounced, then delivered: viewed again since the delivery.",
        {"agreement.state": "viewed", "agreement.since": day(6)},
        (ENROLLED, _SENT, fact("AgreementViewed", 4), _BOUNCED, fact("AgreementDelivered", 6)),
    ),
    Scenario(
        "A signature outranks a later bounce.",
        {"agreement.state": "signed"},
        (ENROLLED, _SENT, fact("AgreementSigned", 4), _BOUNCED),
    ),
    Scenario(
        "Signed before its AgreementSent is known: it counts, flag details_pending.",
        {"agreement.state": "signed", "agreement.details_pending": True, "agreement.agreement_id": "AG-1"},
        (ENROLLED, _SIGNED),
    ),
    Scenario(
        "... or any other fact.",
        {"agreement.state": "delivered", "agreement.details_pending": True, "stage": "to_sign"},
        (ENROLLED, fact("AgreementDelivered", 4)),
    ),
    Scenario(
        "Two AgreementSent of one id: the earlier is the sent one.",
        {"agreement.state": "signed", "agreement.details_pending": False},
        (
            ENROLLED,
            fact("AgreementSent", 4, named="again", document={"title": "S", "version": 2, "sha256": OTHER_SHA}),
            _SENT,
            _SIGNED,
        ),
    ),
    Scenario(
        "A mismatched signature is not signed: the state stays what it was and it is EG's turn to clarify.",
        {
            "agreement.state": "delivered",
            "agreement.since": day(4),
            "stage": "to_sign",
            "turn": "clarify_signature",
            "others": ["orient_roles"],
        },
        (ENROLLED, _SENT, fact("AgreementDelivered", 4), _OTHER_PAPER),
        anomalies={"hash_mismatch": {"other-paper"}},
    ),
    Scenario(
        "... not terminal.",
        {"agreement.state": "declined", "agreement.since": day(6)},
        (ENROLLED, _SENT, _OTHER_PAPER, _DECLINED),
        anomalies={"hash_mismatch": {"other-paper"}},
    ),
    Scenario(
        "... until a proper signature.",
        {"agreement.state": "signed", "agreement.since": day(7), "turn": "set_up_forwarding"},
        (ENROLLED, _SENT, _OTHER_PAPER, fact("AgreementSigned", 7)),
        anomalies={"hash_mismatch": {"other-paper"}},
    ),
    Scenario(
        "... a successor.",
        {"agreement.state": "sent", "agreement.agreement_id": "AG-2", "turn": "sign_agreement"},
        (ENROLLED, _SENT, _OTHER_PAPER, fact("AgreementSent", 6, agreement_id="AG-2", supersedes="AG-1")),
        anomalies={"hash_mismatch": {"other-paper"}},
    ),
    Scenario(
        "... or a retraction.",
        {"agreement.state": "sent", "turn": "sign_agreement"},
        (ENROLLED, _SENT, _OTHER_PAPER, retraction(_OTHER_PAPER, 6)),
    ),
)
