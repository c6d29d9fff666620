"""Scenarios: several agreements of one municipality."""

from tests.facts_made import fact
from tests.scenarios.shape import ENROLLED, Scenario, day

_FIRST = fact("AgreementSent", 3, named="first")
_FIRST_SIGNED = fact("AgreementSigned", 4, named="first-signed")
_SECOND = fact("AgreementSent", 6, named="second", agreement_id="AG-2")
_SUCCESSOR = fact("AgreementSent", 6, named="successor", agreement_id="AG-2", supersedes="AG-1")

SEVERAL = (
    Scenario(
        "Only `supersedes` takes a signature away.",
        {"agreement.state": "sent", "agreement.agreement_id": "AG-2", "agreement.since": day(6), "stage": "to_sign"},
        (ENROLLED, _FIRST, _FIRST_SIGNED, _SUCCESSOR),
    ),
    Scenario(
        "Of several heads the one that got furthest counts.",
        {"agreement.state": "signed", "agreement.agreement_id": "AG-1"},
        (ENROLLED, _FIRST, _FIRST_SIGNED, _SECOND),
        anomalies={"parallel_agreements": {"first", "second"}},
    ),
    Scenario(
        "... then the latest sent.",
        {"agreement.state": "sent", "agreement.agreement_id": "AG-2"},
        (ENROLLED, _SECOND, _FIRST),
        anomalies={"parallel_agreements": {"first", "second"}},
    ),
    Scenario(
        "... and of two sent at one instant the later is the one with the greater id.",
        {"agreement.agreement_id": "AG-1"},
        (
            ENROLLED,
            fact("AgreementSent", 3, named="b", agreement_id="AG-1"),
            fact("AgreementSent", 3, named="a", agreement_id="AG-2"),
        ),
        anomalies={"parallel_agreements": {"a", "b"}},
    ),
    Scenario(
        "A head that is settled without a signature is no parallel agreement, and an open one got further.",
        {"agreement.state": "sent", "agreement.agreement_id": "AG-2", "stage": "to_sign"},
        (ENROLLED, _FIRST, fact("AgreementDeclined", 4), _SECOND),
    ),
    Scenario(
        "Terminated got further than declined.",
        {"agreement.state": "terminated", "agreement.agreement_id": "AG-1"},
        (
            ENROLLED,
            _FIRST,
            _FIRST_SIGNED,
            fact("AgreementTerminated", 5),
            _SECOND,
            fact("AgreementDeclined", 7, agreement_id="AG-2"),
        ),
    ),
    Scenario(
        "Bounced got further than terminated.",
        {"agreement.state": "bounced", "agreement.agreement_id": "AG-2"},
        (
            ENROLLED,
            _FIRST,
            _FIRST_SIGNED,
            fact("AgreementTerminated", 5),
            _SECOND,
            fact("AgreementBounced", 7, agreement_id="AG-2"),
        ),
    ),
    Scenario(
        "Links in a circle are ignored.",
        {"agreement.state": "signed", "agreement.agreement_id": "AG-1"},
        (
            ENROLLED,
            fact("AgreementSent", 3, named="first", supersedes="AG-2"),
            _FIRST_SIGNED,
            _SUCCESSOR,
        ),
        anomalies={"supersedes_cycle": {"first", "successor"}, "parallel_agreements": {"first", "successor"}},
    ),
    Scenario(
        "A circle may be long.",
        {"agreement.state": "signed", "agreement.agreement_id": "AG-1"},
        (
            ENROLLED,
            fact("AgreementSent", 3, named="first", supersedes="AG-2"),
            _FIRST_SIGNED,
            fact("AgreementSent", 6, named="second", agreement_id="AG-2", supersedes="AG-3"),
            fact("AgreementSent", 7, named="third", agreement_id="AG-3", supersedes="AG-1"),
        ),
        anomalies={
            "supersedes_cycle": {"first", "second", "third"},
            "parallel_agreements": {"first", "second", "third"},
        },
    ),
    Scenario(
        "A link to itself is a circle.",
        {"agreement.state": "sent", "agreement.agreement_id": "AG-1"},
        (ENROLLED, fact("AgreementSent", 3, named="first", supersedes="AG-1")),
        anomalies={"supersedes_cycle": {"first"}},
    ),
    Scenario(
        "A link from outside into a circle counts.",
        {"agreement.agreement_id": "AG-3", "agreement.state": "sent"},
        (
            ENROLLED,
            fact("AgreementSent", 3, named="first", supersedes="AG-2"),
            fact("AgreementSigned", 4, agreement_id="AG-1"),
            _SUCCESSOR,
            fact("AgreementSent", 7, named="third", agreement_id="AG-3", supersedes="AG-1"),
            fact("AgreementDeclined", 8, agreement_id="AG-2"),
        ),
        anomalies={"supersedes_cycle": {"first", "successor"}},
    ),
    Scenario(
        "An agreement sent to one never enrolled: tracks are shown, stage not_applicable.",
        {"agreement.state": "signed", "stage": "not_applicable", "turn": "none", "others": []},
        (_FIRST, _FIRST_SIGNED),
        anomalies={"not_enrolled": {"first"}},
    ),
    Scenario(
        "One that was enrolled and withdrew is not applicable either, and nothing is odd about it.",
        {"agreement.state": "sent", "stage": "not_applicable"},
        (ENROLLED, _FIRST, fact("MunicipalityWithdrawn", 5)),
    ),
)
