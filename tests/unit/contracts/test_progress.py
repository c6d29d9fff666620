"""The whole view: its shape, what it may hold, and the same facts at two instants."""

import json
from typing import Any

import pytest

from contracts.progress import RULES, derive, derive_as_of, derive_settled
from contracts.settle import settle
from tests.facts_made import EG, FIRST_RECORDED, KINDS, OTHER_SHA, fact, placed, retraction, union
from tests.unit.contracts.tracks.told import day, odd, view

ROLLOUT = [fact("GuidancePublished", 2), fact("WebinarScheduled", 2, named="scheduled"), fact("TaskCardPublished", 1)]
OWN = [
    fact("MunicipalityEnrolled", 1),
    fact("AgreementSent", 2, named="sent"),
    fact("StakeholderOriented", 3),
    fact("StakeholderOriented", 4, role="erp_dialog"),
    fact("AgreementSigned", 5, named="signed"),
    fact("ForwardingConfigured", 6),
    fact("ForwardingVerified", 7),
    fact("WebinarInvited", 3),
    fact("NotificationSent", 3),
]


def test_the_rules_have_a_version() -> None:
    assert RULES >= 1


def test_a_view_has_what_the_contract_names() -> None:
    found = view(*OWN, rollout=ROLLOUT)

    assert found.keys() >= {"stage", "tracks", "turn", "anomalies"}
    assert list(found["tracks"]) == ["orientation", "agreement", "information", "forwarding", "task"]
    assert found["tracks"]["orientation"].keys() >= {"state", "since", "missing", "facts"}
    assert found["tracks"]["agreement"].keys() >= {"state", "since", "agreement_id", "details_pending", "facts"}
    assert found["tracks"]["information"].keys() >= {"guidance", "webinar", "facts"}
    assert found["tracks"]["forwarding"].keys() >= {"state", "since", "eans", "facts"}
    assert found["tracks"]["task"].keys() >= {"state", "since", "premature", "facts"}
    assert found["turn"]["primary"].keys() == {"actor", "action", "role", "since", "because"}


def test_nothing_known_has_the_same_shape() -> None:
    nothing, something = view(), view(*OWN, rollout=ROLLOUT)

    assert nothing["stage"] == "not_applicable"
    assert {name: track.keys() for name, track in nothing["tracks"].items()} == {
        name: track.keys() for name, track in something["tracks"].items()
    }


def keys_in(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {*value, *(key for inner in value.values() for key in keys_in(inner))}
    return {key for inner in value for key in keys_in(inner)} if isinstance(value, list) else set()


@pytest.mark.parametrize("name", KINDS)
def test_a_view_of_any_event_with_hostile_fields_can_be_stored(name: str) -> None:
    hostile = {"$where": {"a.b": 1}, "a.b": {"$x": 1}, "document.title": 1, "nul\x00": 2}
    told = fact(name, 3, **hostile)
    found = view(*OWN, told, rollout=[*ROLLOUT, told])

    assert json.loads(json.dumps(found)) == found
    assert not {key for key in keys_in(found) if set(key) & {"$", ".", "\x00"}}


def test_two_views_share_nothing_that_can_be_changed() -> None:
    first = view()
    first["tracks"]["agreement"]["facts"].append("x")
    first["turn"]["primary"]["because"].append("x")

    assert view() != first
    assert view()["turn"]["primary"]["because"] == []


def test_facts_that_are_settled_already_come_to_the_same() -> None:
    own, rollout = union(placed(OWN)), union(placed(ROLLOUT))

    assert derive_settled(settle(own), settle(rollout)) == derive(own, rollout)


def test_without_instants_what_was_is_what_is() -> None:
    own, rollout = union(placed(OWN)), union(placed(ROLLOUT))

    assert derive_as_of(own, rollout) == derive(own, rollout)


def test_as_of_the_end_is_what_is_also_with_everything_odd() -> None:
    conflict = [fact("AgreementViewed", 3, named="c"), fact("AgreementViewed", 4, named="c")]
    own = union(placed([*OWN, *conflict, retraction(conflict[0], 5), fact("AgreementDeclined", 9)]))

    assert derive_as_of(own, [], as_of="2026-12-31T00:00:00.000000Z") == derive(own, [])
    assert derive(own, [])["anomalies"] != []


def test_anomalies_come_from_every_part_and_stand_sorted() -> None:
    loop = {"source": EG, "id": "loop", "topic": "klarmeld.agreements"}
    found = view(
        fact("AgreementSent", 2, named="sent"),
        fact("AgreementSent", 3, named="sent"),
        fact("AgreementSigned", 4, named="signed", document_sha256=OTHER_SHA),
        fact("ForwardingConfigured", 2, revision=2),
        fact("ForwardingVerified", 5, named="verified", ean="5798000416604"),
        rollout=[retraction(loop, named="loop")],
    )

    assert odd(found) == [
        ("conflict", ["sent"]),
        ("hash_mismatch", ["signed"]),
        ("not_enrolled", ["sent"]),
        ("retired_ean_used", ["verified"]),
        ("retraction_cycle", ["loop"]),
    ]


def test_a_mistake_retracted_later_is_not_shown_for_an_earlier_instant() -> None:
    told = [*OWN[:2], fact("AgreementDeclined", 3, named="mistake")]
    told.append(retraction(told[-1], 9))

    assert view(*told, as_of=4)["tracks"]["agreement"]["state"] == "sent"


def test_a_mistake_is_shown_to_whoever_did_not_know_of_its_retraction() -> None:
    told = [*OWN[:2], fact("AgreementDeclined", 3, named="mistake")]
    told.append(retraction(told[-1], 9))

    assert view(*told, as_of=4, heard=3)["tracks"]["agreement"]["state"] == "declined"
    assert view(*told, as_of=4, heard=4)["tracks"]["agreement"]["state"] == "sent"


def test_what_was_known_applies_to_the_rollout_too() -> None:
    rollout = union(placed(ROLLOUT))

    assert derive_as_of([], rollout, known_at=FIRST_RECORDED)["tracks"]["information"]["webinar"] == "none"
    assert derive_as_of([], rollout, known_at=FIRST_RECORDED + 1000)["tracks"]["information"]["webinar"] == "scheduled"


def test_notifications_and_the_card_change_nothing_in_a_view() -> None:
    with_them = view(*OWN, rollout=ROLLOUT)
    without = view(*OWN[:-1], rollout=ROLLOUT[:-1])

    assert with_them == without


def test_every_instant_since_agrees_with_the_view_as_of_it() -> None:
    found = view(*OWN, rollout=ROLLOUT)["tracks"]
    sinces = {name: found[name]["since"] for name in ("orientation", "agreement", "forwarding")}

    assert sinces == {"orientation": day(4), "agreement": day(5), "forwarding": day(7)}
    assert [view(*OWN, as_of=on)["tracks"]["forwarding"]["state"] for on in (6, 7)] == ["configured", "verified"]
