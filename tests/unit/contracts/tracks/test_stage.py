"""The stage: the first line that matches."""

import pytest

from contracts.tracks.stage import Stage, stage_of
from tests.facts_made import fact, retraction
from tests.unit.contracts.tracks.told import view

ENROLLED = fact("MunicipalityEnrolled")
SENT, SIGNED = fact("AgreementSent", 2), fact("AgreementSigned", 4)
CONFIGURED, VERIFIED = fact("ForwardingConfigured", 3), fact("ForwardingVerified", 6)
ORIENTED = (fact("StakeholderOriented", 2), fact("StakeholderOriented", 3, role="erp_dialog"))

FAILED = ("bounced", "declined", "expired", "voided", "terminated")
OPEN = ("sent", "delivered", "viewed")
FORWARDING = ("none", "configured", "verified", "failed", "disabled")


def stage(agreement, forwarding, orientation="none", *, enrolled=True):
    tracks = {
        "agreement": {"state": agreement},
        "forwarding": {"state": forwarding},
        "orientation": {"state": orientation},
    }
    return stage_of(tracks, enrolled=enrolled)


@pytest.mark.parametrize("agreement", [*FAILED, *OPEN, "signed", "awaiting_eg"])
def test_whoever_is_not_enrolled_is_not_applicable(agreement):
    assert stage(agreement, "verified", "oriented", enrolled=False) is Stage.NOT_APPLICABLE


@pytest.mark.parametrize("agreement", FAILED)
@pytest.mark.parametrize("forwarding", FORWARDING)
def test_a_failed_agreement_blocks_whatever_is_forwarded(agreement, forwarding):
    assert stage(agreement, forwarding, "oriented") is Stage.BLOCKED


@pytest.mark.parametrize("agreement", [*OPEN, "signed", "awaiting_eg"])
def test_failed_forwarding_blocks_whatever_is_agreed(agreement):
    assert stage(agreement, "failed", "oriented") is Stage.BLOCKED


@pytest.mark.parametrize(
    ("forwarding", "expected"),
    [
        ("verified", Stage.RECEIVING),
        ("configured", Stage.TO_VERIFY),
        ("none", Stage.TO_CONFIGURE),
        ("disabled", Stage.TO_CONFIGURE),
    ],
)
def test_once_signed_the_forwarding_decides(forwarding, expected):
    assert stage("signed", forwarding) is expected


@pytest.mark.parametrize("agreement", OPEN)
@pytest.mark.parametrize("forwarding", ["none", "configured", "verified", "disabled"])
def test_an_open_agreement_is_to_be_signed_whatever_is_forwarded(agreement, forwarding):
    assert stage(agreement, forwarding, "oriented") is Stage.TO_SIGN


@pytest.mark.parametrize("forwarding", ["none", "configured", "verified", "disabled"])
def test_without_an_agreement_who_is_oriented_awaits_eg(forwarding):
    assert stage("awaiting_eg", forwarding, "oriented") is Stage.AWAITING_EG


@pytest.mark.parametrize("orientation", ["none", "partial"])
def test_without_an_agreement_who_is_not_oriented_is_to_orient(orientation):
    assert stage("awaiting_eg", "none", orientation) is Stage.TO_ORIENT


def test_set_up_before_it_signed_receives_once_it_has_signed():
    assert view(ENROLLED, CONFIGURED, VERIFIED, SENT)["stage"] == "to_sign"
    assert view(ENROLLED, CONFIGURED, VERIFIED, SENT, SIGNED)["stage"] == "receiving"


def test_it_receives_without_ever_being_oriented():
    assert view(ENROLLED, SENT, SIGNED, CONFIGURED, VERIFIED)["stage"] == "receiving"


def test_a_retracted_signature_is_to_be_given_again():
    assert view(ENROLLED, SENT, SIGNED, CONFIGURED, VERIFIED, retraction(SIGNED))["stage"] == "to_sign"


def test_the_way_there_can_be_seen_day_by_day():
    story = (ENROLLED, *ORIENTED, SENT, SIGNED, CONFIGURED, VERIFIED)

    assert [view(*story, as_of=on)["stage"] for on in (1, 2, 4, 6)] == [
        "to_orient",
        "to_sign",
        "to_verify",
        "receiving",
    ]


def test_whoever_withdrew_is_no_longer_applicable():
    assert view(ENROLLED, SENT, SIGNED, fact("MunicipalityWithdrawn", 9))["stage"] == "not_applicable"
