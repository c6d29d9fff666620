"""What a municipality and EG say of one agreement on the real log, and what is refused and why."""

import asyncio

import pytest

from tests.integration.commands.office import (
    FOREIGN,
    REASON,
    SIGN,
    is_problem,
)


async def test_a_municipality_signs(sent):
    answer = await sent.answer("signature", SIGN)
    assert answer.status_code == 202
    told = answer.json()
    assert told["view"]["progress"]["tracks"]["agreement"]["state"] == "signed"
    assert told["event_id"] in told["view"]["progress"]["tracks"]["agreement"]["facts"]
    assert told["position"] in answer.headers["location"]


async def test_a_second_signature_hears_when_the_first_was(sent):
    first = await sent.answer("signature", SIGN)
    refused = await sent.answer("signature", SIGN)
    assert is_problem(refused, 409)
    assert first.json()["view"]["progress"]["tracks"]["agreement"]["since"][:19] in refused.json()["detail"]
    assert await sent.told() == ["AgreementSent", "AgreementSigned"]


async def test_a_retried_signature_is_one_event(sent):
    first = await sent.answer("signature", SIGN, **{"Idempotency-Key": "k1"})
    again = await sent.answer("signature", SIGN, **{"Idempotency-Key": "k1"})
    assert (again.status_code, again.json()["event_id"]) == (202, first.json()["event_id"])
    assert await sent.told() == ["AgreementSent", "AgreementSigned"]


async def test_a_signature_clicked_twice_is_one(sent):
    answers = await asyncio.gather(sent.answer("signature", SIGN), sent.answer("signature", SIGN))
    assert sorted(answer.status_code for answer in answers) == [202, 409]
    assert await sent.told() == ["AgreementSent", "AgreementSigned"]


async def test_two_who_race_to_sign_and_to_decline_end_in_one_truth(sent):
    answers = await asyncio.gather(sent.answer("signature", SIGN), sent.answer("decline", REASON))
    assert sorted(answer.status_code for answer in answers) == [202, 409]
    view = await sent.view()
    assert view["progress"]["tracks"]["agreement"]["state"] in {"signed", "declined"}
    assert view["progress"]["anomalies"] == []


async def test_a_signature_on_another_document_is_refused(sent):
    refused = await sent.answer("signature", {**SIGN, "document_sha256": "0" * 64})
    assert is_problem(refused, 422)
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/document_sha256"]
    assert await sent.told() == ["AgreementSent"]


async def test_a_declined_agreement_is_not_signed_any_more(sent):
    declined = await sent.answer("decline", REASON)
    assert declined.json()["view"]["progress"]["tracks"]["agreement"]["state"] == "declined"
    assert "was declined at" in (await sent.answer("signature", SIGN)).json()["detail"]


async def test_a_voided_agreement_is_not_signed_any_more(sent):
    voided = await sent.answer("void", REASON)
    assert voided.status_code == 202, voided.text
    assert voided.json()["view"]["progress"]["tracks"]["agreement"]["state"] == "voided"
    assert "was taken back at" in (await sent.answer("signature", SIGN)).json()["detail"]


async def test_a_signed_agreement_is_terminated_by_eg(sent):
    assert is_problem(await sent.answer("termination", REASON), 409)
    await sent.answer("signature", SIGN)
    answer = await sent.answer("termination", {**REASON, "by_role": "ejerkredsen"})
    assert answer.json()["view"]["progress"]["tracks"]["agreement"]["state"] == "terminated"


BAD_ANSWERS = {
    "an unknown field": ("signature", {**SIGN, "name": "x"}, "/name"),
    "another role": ("signature", {**SIGN, "signed_by_role": "kp_systemansvarlig"}, "/signed_by_role"),
    "an unknown role": ("signature", {**SIGN, "signed_by_role": "borgmester"}, "/signed_by_role"),
    "an unknown method": ("signature", {**SIGN, "method": "fax"}, "/method"),
    "a number for a digest": ("signature", {**SIGN, "document_sha256": 7}, "/document_sha256"),
    "nothing": ("signature", {}, "/document_sha256"),
    "no reason": ("decline", {}, "/reason"),
    "a blank reason": ("decline", {"reason": " \n"}, "/reason"),
    "a long reason": ("decline", {"reason": "x" * 2_001}, "/reason"),
    "half a surrogate pair": ("decline", b'{"reason": "\\ud800"}', "/reason"),
    "a municipal role for the supplier": ("void", {**REASON, "by_role": "aftaleadministrator"}, "/by_role"),
    "a list": ("termination", [], ""),
}


@pytest.mark.parametrize(("what", "body", "pointer"), BAD_ANSWERS.values(), ids=BAD_ANSWERS)
async def test_a_bad_answer_is_refused_by_field_and_nothing_is_told(sent, what, body, pointer):
    refused = await sent.answer(what, body)
    assert is_problem(refused, 422)
    assert pointer in [each["pointer"] for each in refused.json()["errors"]]
    assert await sent.told() == ["AgreementSent"]


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[" * 60_000, b'{"reason": ' + b"9" * 5_000 + b"}", b"{"], ids=len)
async def test_what_is_no_json_at_all_is_refused(sent, body):
    refused = await sent.answer("decline", body)
    assert 400 <= refused.status_code < 500
    assert refused.headers["content-type"] == "application/problem+json"
    assert await sent.told() == ["AgreementSent"]


async def test_a_huge_body_is_refused(sent):
    assert is_problem(await sent.answer("decline", b'{"reason": "' + b"x" * 70_000 + b'"}'), 413)


@pytest.mark.parametrize("body", [SIGN, {}], ids=["whole", "empty"])
@pytest.mark.parametrize("what", ["signature", "decline"])
async def test_anothers_agreement_is_as_unknown_as_one_that_does_not_exist(sent, what, body):
    foreign = await sent.answer(what, body, of=FOREIGN)
    unknown = await sent.answer(what, body, of="9999")
    assert (foreign.status_code, foreign.content) == (unknown.status_code, unknown.content)
    assert is_problem(foreign, 404)
    assert await sent.told(FOREIGN) == ["AgreementSent"]


@pytest.mark.parametrize(
    ("what", "roles"),
    [
        ("signature", ["kommune-laes", "koordinator", "eg", "drift"]),
        ("void", ["kommune-laes", "kommune-behandl", "koordinator", "drift"]),
    ],
)
async def test_nobody_else_answers(sent, what, roles):
    for role in roles:
        assert is_problem(await sent.answer(what, SIGN, role=role), 403)


async def test_the_openapi_document_tells_of_every_answer(office):
    paths = (await office.desk.client.get("/openapi.json")).json()["paths"]
    for path in ("/v1/agreements/{agreement}/signature", "/v1/rollouts/{rollout}/agreement-batches"):
        answers = paths[path]["post"]["responses"]
        assert {"202", "401", "403", "404", "409", "413", "422", "503"} <= answers.keys()
