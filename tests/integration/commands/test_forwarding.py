"""Forwarding is set up and disabled on the real log: by EG alone, whole or not at all."""

from typing import Any

import pytest

from tests.integration.commands.office import FOREIGN, is_problem

EAN, OTHER_EAN, PRIVATE_EAN = "5798009811578", "5798000416604", "5790000000005"


def rules(*eans: str, **more: Any) -> dict[str, Any]:
    return {"rules": [{"ean": ean, "valid_from": "2026-03-01"} for ean in eans], **more}


async def test_forwarding_is_set_up_before_any_agreement(office):
    answer = await office.forward(rules(EAN))
    assert answer.status_code == 202
    forwarding = answer.json()["view"]["progress"]["tracks"]["forwarding"]
    assert (forwarding["state"], forwarding["eans"]) == ("configured", {EAN: "configured"})
    assert "warnings" not in answer.json()


async def test_the_revision_rises_by_itself(office):
    await office.forward(rules(EAN))
    answer = await office.forward(rules(EAN, OTHER_EAN))
    [config] = answer.json()["view"]["progress"]["tracks"]["forwarding"]["configs"]
    assert (config["revision"], config["eans"]) == (2, [EAN, OTHER_EAN])


async def test_the_same_set_up_again_is_the_same_event(office):
    first, again = await office.forward(rules(EAN)), await office.forward(rules(EAN))
    assert again.json()["event_id"] == first.json()["event_id"]
    assert await office.told() == ["ForwardingConfigured"]


async def test_a_set_up_is_disabled(office):
    await office.forward(rules(EAN))
    answer = await office.forward({"disable": True, "reason": "Nyt ERP"})
    assert answer.json()["view"]["progress"]["tracks"]["forwarding"]["state"] == "disabled"


async def test_an_unusual_ean_is_taken_with_a_warning(office):
    answer = await office.forward(rules(PRIVATE_EAN))
    assert answer.status_code == 202
    assert [each["pointer"] for each in answer.json()["warnings"]] == ["/rules/0/ean"]


async def test_an_ean_of_another_municipality_is_refused_without_naming_it(office):
    await office.forward(rules(OTHER_EAN), to=FOREIGN)
    refused = await office.forward(rules(EAN, OTHER_EAN))
    assert is_problem(refused, 409)
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/rules/1/ean"]
    assert FOREIGN not in refused.text
    assert await office.told() == []


BAD_SET_UPS = {
    "a wrong check digit": (rules("5798000000000"), "/rules/0/ean"),
    "an ean of twelve digits": (rules(EAN, "579800041660"), "/rules/1/ean"),
    "a number for an ean": ({"rules": [{"ean": 5798009811578, "valid_from": "2026-03-01"}]}, "/rules/0/ean"),
    "an unknown field of a rule": (
        {"rules": [{"ean": EAN, "valid_from": "2026-03-01", "valid_until": "2026-04-01"}]},
        "/rules/0/valid_until",
    ),
    "no rules": ({"rules": []}, "/rules"),
    "nothing": ({}, "/rules"),
    "a broken revision": (rules(EAN, revision=1.5), "/revision"),
    "a revision beyond its bound": (rules(EAN, revision=2**31), "/revision"),
    "no reason to disable": ({"disable": True}, "/reason"),
}


@pytest.mark.parametrize(("body", "pointer"), BAD_SET_UPS.values(), ids=BAD_SET_UPS)
async def test_a_bad_set_up_is_refused_by_field_and_nothing_is_told(office, body, pointer):
    refused = await office.forward(body)
    assert is_problem(refused, 422)
    assert pointer in [each["pointer"] for each in refused.json()["errors"]]
    assert await office.told() == []


async def test_the_last_revision_has_no_next(office):
    await office.forward(rules(EAN, revision=2**31 - 1))
    refused = await office.forward(rules(OTHER_EAN))
    assert is_problem(refused, 422)
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/revision"]


async def test_a_set_up_that_no_event_can_hold_is_refused(office):
    many = {"rules": [{"ean": EAN, "valid_from": "2026-03-01", "valid_to": "2027-03-01"}] * 300}
    assert is_problem(await office.forward(many), 422)
    assert await office.told() == []


@pytest.mark.parametrize("code", ["0411", "9999", "x"])
async def test_no_forwarding_for_what_is_no_municipality(office, code):
    assert is_problem(await office.forward(rules(EAN), to=code), 404)


async def test_a_municipality_sets_up_no_forwarding_here(office):
    assert is_problem(await office.forward(rules(EAN), role="kommune-behandl"), 403)
