"""Why a value says what it says."""

import pytest

from contracts.awaits import AWAITS, CLARIFIED, MISSING_ROLE
from contracts.explain import UnknownPathError, explain
from contracts.progress import derive_settled
from contracts.rule_texts import RULES
from contracts.settle import settle
from tests.facts_made import EANS, FIRST_RECORDED, OTHER_SHA, Plain, fact, placed, union

ENROLLED = fact("MunicipalityEnrolled", named="enrolled")
SENT = fact("AgreementSent", 2, named="sent")
SIGNED = fact("AgreementSigned", 4, named="signed")
SIGNER = fact("StakeholderOriented", 2, named="signer")
OWNER = fact("StakeholderOriented", 3, named="owner", role="erp_dialog")
TWO_EANS = [{"ean": ean, "valid_from": "2026-02-01"} for ean in EANS[:2]]
CONFIGURED = fact("ForwardingConfigured", 5, named="configured", rules=TWO_EANS)
VERIFIED = fact("ForwardingVerified", 6, named="verified")
READ = fact("GuidanceAcknowledged", 5, named="read")
INVITED = fact("WebinarInvited", 5, named="invited")
ROLLOUT = (fact("GuidancePublished", 2, named="published"), fact("WebinarScheduled", 2, named="scheduled"))


def explained(path: str, *own: Plain, rollout: tuple[Plain, ...] = ()) -> dict:
    return explain(settle(union(placed(own))), settle(union(placed(rollout))), path)


def ids(path: str, *own: Plain, rollout: tuple[Plain, ...] = ()) -> list[str]:
    return [each["id"] for each in explained(path, *own, rollout=rollout)["facts"]]


def missing(path: str, *own: Plain, rollout: tuple[Plain, ...] = ()) -> list[str]:
    return [each["da"] for each in explained(path, *own, rollout=rollout)["missing"]]


def test_a_value_stands_beside_its_path_and_its_rule():
    found = explained("agreement.state", ENROLLED, SENT)

    assert (found["path"], found["value"]) == ("agreement.state", "sent")
    assert found["rule"] == {"da": RULES["agreement"].da, "en": RULES["agreement"].en}


def test_a_fact_behind_it_is_shown_with_time_and_place():
    assert explained("agreement.state", SENT)["facts"] == [
        {
            "id": "sent",
            "source": "/eg/portal",
            "type": "dk.klarmeld.AgreementSent.v1",
            "subject": "AG-1",
            "time": "2026-02-02T09:00:00Z",
            "recorded": "2026-02-02T02:40:00Z",
        }
    ]
    assert FIRST_RECORDED == 1_770_000_000_000


@pytest.mark.parametrize("path", ["task.state", "tracks.task.state", "progress.tracks.task.state"])
def test_a_path_may_begin_where_the_view_does(path):
    assert explained(path, fact("TaskCompleted"))["value"] == "completed"


@pytest.mark.parametrize(
    ("path", "value", "behind"),
    [
        ("orientation.missing", [], ["signer", "owner"]),
        ("agreement.state", "signed", ["sent", "signed"]),
        ("agreement", "signed", ["sent", "signed"]),
        ("forwarding.state", "configured", ["configured", "verified"]),
        (f"forwarding.eans.{EANS[0]}", "verified", ["configured", "verified"]),
        (f"forwarding.eans.{EANS[1]}", "configured", ["configured"]),
        ("information.guidance", "acknowledged", ["published", "read"]),
        ("information.webinar", "invited", ["scheduled", "invited"]),
        ("information", None, ["published", "scheduled", "invited", "read"]),
        ("enrolment.state", "enrolled", ["enrolled"]),
        ("stage", "to_verify", ["enrolled", "sent", "signer", "owner", "signed", "configured", "verified"]),
        ("turn.primary.action", "await_first_invoice", ["configured", "verified"]),
        ("turn.others", None, ["signer", "owner"]),
        ("task.state", "open", []),
    ],
)
def test_each_value_names_the_facts_behind_it(path, value, behind):
    own = (ENROLLED, SIGNER, OWNER, SENT, SIGNED, CONFIGURED, VERIFIED, READ, INVITED)
    found = explained(path, *own, rollout=ROLLOUT)

    assert [each["id"] for each in found["facts"]] == behind
    if value is not None and not isinstance(found["value"], dict):
        assert found["value"] == value


def test_anomalies_name_their_facts():
    rival = fact("AgreementDeclined", 5, named="rival")

    assert ids("anomalies", ENROLLED, SENT, SIGNED, rival) == ["rival"]


@pytest.mark.parametrize(
    "path", ["", "nothing", "agreement.nothing", "agreement.state.more", "forwarding.eans.1", "stage.x"]
)
def test_an_unknown_path_names_the_known_ones(path):
    with pytest.raises(UnknownPathError, match=r"agreement\.state.*forwarding\.eans\.5798009811578"):
        explained(path, CONFIGURED)


def test_every_path_that_is_named_is_one():
    with pytest.raises(UnknownPathError) as refused:
        explained("nothing", CONFIGURED)

    for path in str(refused.value).split(" at ", 2)[2].rstrip(".").split(", "):
        assert explained(path, CONFIGURED)["path"] == path


# What is missing


@pytest.mark.parametrize(
    ("path", "own", "expected"),
    [
        ("orientation.state", (), list(MISSING_ROLE.values())),
        ("orientation.state", (SIGNER,), [MISSING_ROLE["systemansvarlig_bogfoering"]]),
        ("orientation.state", (SIGNER, OWNER), []),
        ("agreement.state", (), [AWAITS["agreement", "awaiting_eg"]]),
        ("agreement.state", (SENT,), [AWAITS["agreement", "sent"]]),
        ("agreement.state", (SENT, SIGNED), []),
        ("agreement.state", (SENT, SIGNED | fact("AgreementSigned", 4, document_sha256=OTHER_SHA)), [CLARIFIED]),
        ("forwarding.state", (CONFIGURED,), [AWAITS["forwarding", "configured"]]),
        ("task.state", (SIGNER,), [AWAITS["task", "open"], MISSING_ROLE["systemansvarlig_bogfoering"]]),
        ("task.state", (fact("TaskCompleted"),), []),
        ("information.webinar", (INVITED,), [AWAITS["guidance", "none"], AWAITS["webinar", "invited"]]),
        ("enrolment.state", (), [AWAITS["enrolment", "none"]]),
        ("enrolment.state", (ENROLLED,), []),
        ("stage", (SENT,), [AWAITS["enrolment", "none"]]),
        ("stage", (ENROLLED, SIGNER, OWNER, SENT), [AWAITS["agreement", "sent"], AWAITS["forwarding", "none"]]),
        ("turn.primary", (ENROLLED, SIGNER, OWNER, SENT, SIGNED), [AWAITS["forwarding", "none"]]),
    ],
)
def test_what_the_next_state_waits_for_is_said(path, own, expected):
    assert missing(path, *own) == [text.da for text in expected]


@pytest.mark.parametrize("text", [*RULES.values(), *AWAITS.values(), *MISSING_ROLE.values(), CLARIFIED])
def test_no_text_tells_a_municipality_to_contact_eg(text):
    words = f"{text.da} {text.en}".lower()

    assert not [
        word for word in ("kontakt", "ring ", "skriv", "henvend", "contact", "call ", "ask eg") if word in words
    ]
    assert text.da.endswith(".")
    assert text.en.endswith(".")


def test_a_track_that_a_service_does_not_show_is_not_explained():
    def without_information(own, whole):
        progress = derive_settled(own, whole)
        return progress | {
            "tracks": {name: track for name, track in progress["tracks"].items() if name != "information"}
        }

    with pytest.raises(UnknownPathError, match=r"information\.webinar"):
        explain(settle(()), settle(()), "information.webinar", derive=without_information)
