"""The data of events: strict about what a field takes, deaf to fields that are not known."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from contracts import events
from contracts.examples import EXAMPLES
from contracts.names import EventName
from contracts.registry import REGISTRY, SPEC_OF_TYPE, Scope
from contracts.roles import Role
from contracts.topics import Topic

MAY_BE_LEFT_OUT = {
    EventName.MunicipalityEnrolled: {"cvr", "valid_to"},
    EventName.AgreementSent: {"batch_id", "sign_by", "supersedes"},
    EventName.ForwardingVerified: {"invoice_ref"},
    EventName.ForwardingFailed: {"detail"},
    EventName.WebinarAttended: {"webinar_id"},
    EventName.WebinarRecordingPublished: {"webinar_id"},
    EventName.StakeholderOriented: {"note"},
    EventName.TaskCompleted: {"comment"},
}


def data_of(name: EventName) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(EXAMPLES[name].data.model_dump_json())
    return data


def read(name: EventName, **changes: Any) -> events.Event:
    return REGISTRY[name].model.model_validate_json(json.dumps(data_of(name) | changes))


def complaints(name: EventName, **changes: Any) -> list[str]:
    """Return the fields that are wrong when the example says `changes`."""
    with pytest.raises(ValidationError) as caught:
        read(name, **changes)
    return ["/".join(map(str, error["loc"])) for error in caught.value.errors()]


def test_the_catalogue_holds_each_event_once_in_its_order() -> None:
    assert list(REGISTRY) == list(EventName)
    assert [spec.name for spec in SPEC_OF_TYPE.values()] == list(EventName)


def test_the_facts_about_the_whole_rollout_are_seven() -> None:
    assert {name for name, spec in REGISTRY.items() if spec.scope is Scope.ROLLOUT} == {
        "AgreementBatchDispatched",
        "GuidancePublished",
        "WebinarScheduled",
        "WebinarRescheduled",
        "WebinarCancelled",
        "WebinarRecordingPublished",
        "TaskCardPublished",
    }


def test_each_event_stands_on_one_topic_and_a_retraction_on_each() -> None:
    assert [spec.name for spec in REGISTRY.values() if len(spec.topics) != 1] == [EventName.FactRetracted]
    assert REGISTRY[EventName.FactRetracted].topics == tuple(Topic)


@pytest.mark.parametrize("name", EventName)
def test_a_field_may_be_left_out_or_null_only_where_the_catalogue_says_so(name: EventName) -> None:
    fields = REGISTRY[name].model.model_fields
    optional = {field for field in fields if not _complains(name, field)}

    assert optional == MAY_BE_LEFT_OUT.get(name, set())
    assert {field for field in optional if read(name, **{field: None})} == optional


def _complains(name: EventName, field: str) -> bool:
    data = {other: value for other, value in data_of(name).items() if other != field}
    try:
        REGISTRY[name].model.model_validate_json(json.dumps(data))
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize("name", EventName)
def test_unknown_fields_are_not_heard(name: EventName) -> None:
    assert read(name, **{"$where": 1, "a.b": [], "": None}) == EXAMPLES[name].data


@pytest.mark.parametrize("name", EventName)
def test_data_do_not_change_once_said(name: EventName) -> None:
    field = next(iter(REGISTRY[name].model.model_fields))

    with pytest.raises(ValidationError, match="frozen"):
        setattr(EXAMPLES[name].data, field, "other")


@pytest.mark.parametrize("wrong", ["", "a" * 65, "a b", "æ", "a/b", "a\n", 7, None])
def test_an_opaque_id_is_1_to_64_plain_characters(wrong: Any) -> None:
    assert complaints(EventName.AgreementDelivered, agreement_id=wrong) == ["agreement_id"]


def test_the_longest_opaque_id_has_64_characters() -> None:
    assert read(EventName.AgreementDelivered, agreement_id="A.b_c:-9" * 8)


def test_a_text_has_at_most_2000_characters() -> None:
    assert read(EventName.TaskCompleted, comment="æ" * 2_000)
    assert complaints(EventName.TaskCompleted, comment="æ" * 2_001) == ["comment"]


@pytest.mark.parametrize(
    "wrong", ["5798000000000", "579800981157", "57980098115780", "5798 0098 11578", "", 5798009811578]
)
def test_an_ean_has_13_digits_and_its_check_digit(wrong: Any) -> None:
    assert complaints(EventName.ForwardingVerified, ean=wrong) == ["ean"]


@pytest.mark.parametrize("right", ["5798009811578", "5798000416604", "4006381333931"])
def test_a_valid_ean_need_not_begin_with_5798(right: str) -> None:
    assert read(EventName.ForwardingVerified, ean=right)


@pytest.mark.parametrize("wrong", ["29189901", "2918990", "DK29189900", 29189900])
def test_a_cvr_number_has_8_digits_and_its_check_sum(wrong: Any) -> None:
    assert complaints(EventName.MunicipalityEnrolled, cvr=wrong) == ["cvr"]


@pytest.mark.parametrize("wrong", ["ØS indsigt", "OS Indsigt", "KMD", "ØS Indsigt "])
def test_the_erp_is_oes_indsigt_to_the_letter(wrong: str) -> None:
    assert complaints(EventName.MunicipalityEnrolled, erp=wrong) == ["erp"]


@pytest.mark.parametrize("wrong", ["2026-02-30", "2026-2-1", "20260201", "2026-02-01T00:00:00Z", "2026-02-01\n", 7])
def test_a_day_is_an_iso_date(wrong: Any) -> None:
    assert complaints(EventName.AgreementExpired, sign_by=wrong) == ["sign_by"]


@pytest.mark.parametrize("wrong", ["2026-03-10", "2026-03-10T10:00:00", "2026-03-10T25:00:00Z", 1_700_000_000])
def test_a_moment_has_an_offset(wrong: Any) -> None:
    assert complaints(EventName.WebinarScheduled, starts_at=wrong) == ["starts_at"]


@pytest.mark.parametrize("wrong", ["eg.example", "ftp://eg.example", "javascript:alert(1)", "https://", "https://a b"])
def test_a_url_is_http_or_https(wrong: str) -> None:
    assert complaints(EventName.GuidancePublished, url=wrong) == ["url"]


@pytest.mark.parametrize("wrong", ["A" * 64, "a" * 63, "a" * 65, "g" * 64])
def test_a_sha256_is_64_lower_case_hex_digits(wrong: str) -> None:
    assert complaints(EventName.AgreementSigned, document_sha256=wrong) == ["document_sha256"]


@pytest.mark.parametrize("wrong", [-1, 2**31, 1.5, "1", True])
def test_a_revision_is_a_whole_number_from_0_to_2147483647(wrong: Any) -> None:
    assert complaints(EventName.ForwardingDisabled, revision=wrong) == ["revision"]


@pytest.mark.parametrize("right", [0, 2**31 - 1])
def test_the_bounds_of_a_revision_are_revisions(right: int) -> None:
    assert read(EventName.ForwardingDisabled, revision=right)


@pytest.mark.parametrize("wrong", [1, -1, False, "0"])
def test_a_webinar_is_first_scheduled_as_its_sequence_0(wrong: Any) -> None:
    assert complaints(EventName.WebinarScheduled, sequence=wrong) == ["sequence"]


def test_a_webinar_is_held_in_danish_time() -> None:
    assert complaints(EventName.WebinarScheduled, timezone="Europe/Stockholm") == ["timezone"]


def test_there_is_a_rule_at_least() -> None:
    assert complaints(EventName.ForwardingConfigured, rules=[]) == ["rules"]


def test_a_roster_names_municipalities() -> None:
    assert complaints(EventName.AgreementBatchDispatched, roster=["0101", "0411", "101"]) == ["roster/1", "roster/2"]


@pytest.mark.parametrize("role", Role)
def test_each_of_the_six_roles_may_be_oriented(role: Role) -> None:
    assert read(EventName.StakeholderOriented, role=role)


def test_the_agreement_goes_to_the_aftaleadministrator() -> None:
    assert complaints(EventName.AgreementSent, signer_role="erp_dialog") == ["signer_role"]


@pytest.mark.parametrize("priority", ["Obligatorisk på kritisk vej", "Obligatorisk", "Valgfri"])
def test_a_card_has_one_of_three_priorities(priority: str) -> None:
    assert read(EventName.TaskCardPublished, priority=priority)
    assert complaints(EventName.TaskCardPublished, priority=priority.lower()) == ["priority"]


@pytest.mark.parametrize("source", ["/eg/a", "/klarmeld/agreements", "/klarmeld/notifications", "/klarmeld/tasks"])
def test_a_retraction_names_a_source_that_can_be(source: str) -> None:
    assert read(EventName.FactRetracted, source=source)
    assert complaints(EventName.FactRetracted, source=f"{source}/") == ["source"]


def test_a_retraction_names_any_id() -> None:
    assert read(EventName.FactRetracted, id="æ b/c")
    assert complaints(EventName.FactRetracted, id="") == ["id"]
    assert complaints(EventName.FactRetracted, id="æ" * 65) == ["id"]
