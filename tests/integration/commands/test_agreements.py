"""The commands of the agreements service on the real log and database: what is answered is what everybody can see."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx
import pytest

from contracts.examples import EXAMPLES, example
from contracts.names import EventName
from services.agreements import expiry
from services.agreements.expiry import expire, today
from services.chassis.errors import LogUnavailableError
from tests.desk import OWN, Desk
from tests.in_process import client_of, ready, running_service, tell
from tests.tokens import running_issuer

FOREIGN, THIRD, NOT_A_USER = "0661", "0101", "0751"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
DOCUMENT = {"title": "Serviceaftale: eFaktura til KP", "version": 1, "sha256": SHA256}
SIGN = {"signed_by_role": "aftaleadministrator", "method": "digital", "document_sha256": SHA256}
REASON = {"reason": "Forkert juridisk enhed"}
EAN, OTHER_EAN, PRIVATE_EAN = "5798009811578", "5798000416604", "5790000000005"


class Office(NamedTuple):
    """One rollout of a running agreements service, and the batch that its agreements belong to."""

    desk: Desk
    app: Any
    batch_id: str

    def agreement(self, code: str = OWN) -> str:
        return f"{self.batch_id}-{code}"

    async def send(self, **changes: Any) -> httpx.Response:
        body = {"batch_id": self.batch_id, "document": DOCUMENT, "supplier": "EG", "extra_cost_dkk": 0, **changes}
        return await self.desk.call("POST", "/agreement-batches", body, role="eg")

    async def answer(self, what: str, body: Any, *, of: str = OWN, **more: str) -> httpx.Response:
        """Answer an agreement as the municipality or, for its own commands, as EG."""
        role = "eg" if what in {"void", "termination"} else "kommune-behandl"
        return await self.agreements("POST", f"{self.agreement(of)}/{what}", body, **{"role": role, **more})

    async def agreements(
        self, method: str, path: str, body: Any = None, *, role: str = "kommune-behandl", **more: str
    ) -> httpx.Response:
        bearer = self.desk.issuer.bearer(role, OWN if role.startswith("kommune") else None)
        content = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {**bearer, "Content-Type": "application/json", **more}
        return await self.desk.client.request(method, f"/v1/agreements/{path}", content=content, headers=headers)

    async def forward(self, body: Any, *, to: str = OWN, **more: str) -> httpx.Response:
        return await self.desk.call("POST", f"/municipalities/{to}/forwarding", body, **{"role": "eg", **more})

    async def view(self, code: str = OWN) -> dict[str, Any]:
        return (await self.desk.call("GET", f"/municipalities/{code}", role="koordinator")).json()

    async def told(self, code: str = OWN) -> list[str]:
        answer = await self.desk.call("GET", f"/municipalities/{code}/facts", role="koordinator")
        return [each["type"].split(".")[2] for each in reversed(answer.json()["items"])][1:]


@pytest.fixture(scope="module")
async def service(stack, tmp_path_factory) -> AsyncIterator[tuple[Any, httpx.AsyncClient, Any]]:
    async with (
        running_issuer(tmp_path_factory.mktemp("issuer")) as issuer,
        running_service("agreements", stack, issuer, "commands_") as app,
        client_of(app) as client,
    ):
        await ready(client)
        yield app, client, issuer


@pytest.fixture
async def office(service, prefix) -> Office:
    """A rollout in which two municipalities are enrolled."""
    app, client, issuer = service
    office = Office(Desk(client, issuer, f"{prefix}8b"), app, f"{prefix}B1")
    await enrol(office, OWN, FOREIGN)
    return office


@pytest.fixture
async def sent(office) -> Office:
    """The same, with an agreement sent to both."""
    answer = await office.send()
    assert answer.status_code == 202
    return office


async def enrol(office: Office, *codes: str) -> None:
    rollout = office.desk.rollout
    events = [
        example(EventName.MunicipalityEnrolled, id=f"{rollout}-{code}", rollout=rollout, municipality=code)
        for code in codes
    ]
    await put(office, *events)


async def put(office: Office, *events: Any) -> None:
    """Put events on the log and wait until the service shows them."""
    for event, position in zip(events, await tell(office.app, *events), strict=True):
        path = f"/municipalities/{event.municipality}?after={position}&wait=20"
        assert (await office.desk.call("GET", path, role="koordinator")).status_code == 200


def outcomes(answer: httpx.Response) -> dict[str, str]:
    return {each["municipality"]: each["outcome"] for each in answer.json()["outcomes"]}


def is_problem(answer: httpx.Response, status: int) -> bool:
    return (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_a_batch_reaches_all_that_are_enrolled_at_once(office):
    answer = await office.send()
    assert answer.status_code == 202
    assert outcomes(answer) == {OWN: "sent", FOREIGN: "sent"}
    assert (await office.view())["progress"]["tracks"]["agreement"]["state"] == "sent"
    rollup = (await office.desk.call("GET", "", role="eg")).json()["rollup"]
    [batch] = rollup["batches"]
    assert (batch["roster"], batch["missing"], batch["extra"], batch["late"]) == (2, [], [], [])


async def test_an_outcome_names_the_agreement_and_the_place_of_its_event(office):
    first = (await office.send()).json()["outcomes"][0]
    partition, _, offset = first["position"].rpartition("-")
    view = await office.view(first["municipality"])
    assert view["positions"][partition] >= int(offset)
    assert view["progress"]["tracks"]["agreement"]["agreement_id"] == first["agreement_id"]
    assert first["event_id"] in view["progress"]["tracks"]["agreement"]["facts"]


async def test_a_listed_municipality_that_does_not_use_oes_indsigt_is_named_and_gets_none(office):
    answer = await office.send(municipalities=[OWN, NOT_A_USER])
    assert outcomes(answer) == {OWN: "sent", NOT_A_USER: "not_enrolled"}
    assert (await office.view(NOT_A_USER))["progress"]["stage"] == "not_applicable"


async def test_the_same_batch_again_changes_nothing(office):
    first = await office.send()
    again = await office.send()
    assert (again.status_code, set(outcomes(again).values())) == (202, {"already_sent"})
    assert again.json()["position"] == first.json()["position"]
    kept = ("municipality", "agreement_id", "event_id", "position")
    before, after = ([[row[name] for name in kept] for row in each.json()["outcomes"]] for each in (first, again))
    assert before == after
    assert await office.told() == ["AgreementSent"]


async def test_a_batch_clicked_twice_is_sent_once(office):
    answers = await asyncio.gather(office.send(), office.send())
    assert sorted(outcomes(answer)[OWN] for answer in answers) == ["already_sent", "sent"]
    assert await office.told() == ["AgreementSent"]


async def test_a_batch_that_two_processes_send_is_one_batch(office, service, stack):
    """Two processes don't take turns, but the dispatch that the log has first decides for both."""
    _, _, issuer = service
    async with running_service("agreements", stack, issuer, "commands_other_") as app, client_of(app) as client:
        await ready(client)
        other = office._replace(desk=office.desk._replace(client=client), app=app)
        positions = (await office.view())["positions"]
        for name, offset in positions.items():
            path = f"/municipalities/{OWN}?after={name}-{offset}&wait=20"
            assert (await other.desk.call("GET", path, role="koordinator")).status_code == 200
        answers = await asyncio.gather(office.send(), other.send())
        assert {answer.status_code for answer in answers} == {202}
    view = await office.view()
    assert view["progress"]["anomalies"] == []
    assert await office.told() == ["AgreementSent"]


async def test_a_batch_that_was_cut_off_after_its_dispatch_is_completed_under_the_first_time(office):
    data = EXAMPLES[EventName.AgreementBatchDispatched].data.model_copy(
        update={"batch_id": office.batch_id, "roster": (OWN,)}
    )
    dispatched = example(EventName.AgreementBatchDispatched, id=office.batch_id, rollout=office.desk.rollout, data=data)
    [position] = await tell(office.app, dispatched)
    path = f"/municipalities/{OWN}?after={position}&wait=20"
    assert (await office.desk.call("GET", path, role="eg")).status_code == 200
    answer = await office.send()
    assert outcomes(answer) == {OWN: "sent", FOREIGN: "not_in_batch"}
    assert answer.json()["position"] == position
    assert (await office.view())["progress"]["tracks"]["agreement"]["since"] == dispatched.time


async def test_who_enrols_later_is_not_slipped_into_an_old_batch(sent):
    await enrol(sent, THIRD)
    assert outcomes(await sent.send())[THIRD] == "not_in_batch"
    assert await sent.told(THIRD) == []


async def test_an_open_agreement_is_followed_only_by_one_that_supersedes_it(sent):
    later = sent._replace(batch_id=f"{sent.batch_id}-again")
    refused = await later.send(municipalities=[OWN])
    assert is_problem(refused, 409)
    assert sent.agreement() in refused.json()["errors"][0]["detail"]
    answer = await later.send(municipalities=[OWN], supersedes={OWN: sent.agreement()})
    assert outcomes(answer) == {OWN: "sent"}
    assert (await sent.view())["progress"]["tracks"]["agreement"]["agreement_id"] == later.agreement()


async def test_the_same_batch_with_another_document_is_refused(sent):
    assert is_problem(await sent.send(document={**DOCUMENT, "version": 2}), 409)
    assert await sent.told() == ["AgreementSent"]


BAD_BATCHES = {
    "an extra cost": ({"extra_cost_dkk": 1}, "/extra_cost_dkk"),
    "a cost that is no number": ({"extra_cost_dkk": "0"}, "/extra_cost_dkk"),
    "an unknown field": ({"discount": 1}, "/discount"),
    "an unknown field of the document": ({"document": {**DOCUMENT, "author": "x"}}, "/document/author"),
    "a wrong digest": ({"document": {**DOCUMENT, "sha256": "abc"}}, "/document/sha256"),
    "an unknown supplier": ({"supplier": "KMD"}, "/supplier"),
    "no such municipality": ({"municipalities": [OWN, "0411"]}, "/municipalities/1"),
    "an empty list": ({"municipalities": []}, "/municipalities"),
    "a day that is none": ({"sign_by": "2026-02-30"}, "/sign_by"),
    "a day that is over": ({"sign_by": "2020-01-01"}, "/sign_by"),
    "a long batch id": ({"batch_id": "x" * 60}, "/batch_id"),
    "an unknown agreement to supersede": ({"supersedes": {OWN: "AG-9"}}, f"/supersedes/{OWN}"),
}


@pytest.mark.parametrize(("changes", "pointer"), BAD_BATCHES.values(), ids=BAD_BATCHES)
async def test_a_bad_batch_is_refused_by_field_and_nothing_is_sent(office, changes, pointer):
    refused = await office.send(**changes)
    assert is_problem(refused, 422)
    assert pointer in [each["pointer"] for each in refused.json()["errors"]]
    assert await office.told() == []


async def test_an_extra_cost_is_refused_in_the_cards_words(office):
    assert "ikke er forbundet med en meromkostning" in (await office.send(extra_cost_dkk=500)).json()["detail"]


async def test_a_rollout_that_nothing_is_known_of_gets_no_batch(office):
    nowhere = office._replace(desk=office.desk._replace(rollout="nowhere"))
    assert is_problem(await nowhere.send(), 404)


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


async def test_the_audit_trail_says_who_said_what_when(sent):
    signed = await sent.answer("signature", SIGN)
    for role in ("kommune-laes", "kommune-behandl", "eg"):
        answer = await sent.agreements("GET", sent.agreement(), role=role)
        assert answer.status_code == 200
        trail = answer.json()
        assert (trail["municipality"], trail["state"], trail["document"]) == (OWN, "signed", DOCUMENT)
        assert [(each["what"], each["who"]) for each in trail["facts"]] == [
            ("AgreementSent", "EG"),
            ("AgreementSigned", "aftaleadministrator"),
        ]
        assert trail["facts"][1]["id"] == signed.json()["event_id"]


async def test_an_unchanged_trail_is_not_sent_again(sent):
    etag = (await sent.agreements("GET", sent.agreement())).headers["etag"]
    assert (await sent.agreements("GET", sent.agreement(), **{"If-None-Match": etag})).status_code == 304


async def test_anothers_trail_is_as_unknown_as_one_that_does_not_exist(sent):
    foreign, unknown = [await sent.agreements("GET", sent.agreement(code)) for code in (FOREIGN, "9999")]
    assert (foreign.status_code, foreign.content) == (unknown.status_code, unknown.content)
    assert is_problem(foreign, 404)


async def test_an_id_of_two_municipalities_is_told_apart_by_eg_and_each_sees_its_own(office):
    same = f"{office.batch_id}-same"
    data = EXAMPLES[EventName.AgreementSent].data.model_copy(update={"agreement_id": same})
    both = [
        example(EventName.AgreementSent, id=f"{same}-{code}", data=data, rollout=office.desk.rollout, municipality=code)
        for code in (OWN, FOREIGN)
    ]
    await put(office, *both)
    assert is_problem(await office.agreements("GET", same, role="eg"), 409)
    chosen = await office.agreements("GET", f"{same}?municipality={FOREIGN}", role="eg")
    assert chosen.json()["municipality"] == FOREIGN
    assert (await office.agreements("GET", same)).json()["municipality"] == OWN
    assert is_problem(await office.agreements("GET", f"{same}?municipality={FOREIGN}"), 404)


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


async def test_what_was_not_signed_by_its_day_expires_once(office):
    await put(office, sent_long_ago(office))
    parts = office.app.state.parts
    while (await office.view())["progress"]["tracks"]["agreement"]["state"] != "expired":
        await asyncio.gather(expire(parts, today()), expire(parts, today()))
    await expire(parts, today())
    track = (await office.view())["progress"]["tracks"]["agreement"]
    assert track["since"] == "2026-03-31T22:00:00Z"
    assert (await office.told()).count("AgreementExpired") == 1


async def test_the_clock_of_a_running_service_finds_what_is_over(office, monkeypatch):
    monkeypatch.setattr(expiry, "EVERY_S", 0.05)
    await put(office, sent_long_ago(office))
    clock = asyncio.create_task(expiry.watch(office.app.state.parts))
    while (await office.view())["progress"]["tracks"]["agreement"]["state"] != "expired":
        await asyncio.sleep(0.05)
    clock.cancel()
    assert (await office.told()).count("AgreementExpired") == 1


async def test_a_clock_that_cannot_tell_tries_again(office, monkeypatch):
    tries = []

    async def away(parts, day):
        tries.append(day)
        raise LogUnavailableError("Kafka is away.")

    monkeypatch.setattr(expiry, "EVERY_S", 0.01)
    monkeypatch.setattr(expiry, "expire", away)
    clock = asyncio.create_task(expiry.watch(office.app.state.parts))
    while len(tries) < 2:
        await asyncio.sleep(0.05)
    assert not clock.done()
    clock.cancel()


async def test_what_is_over_is_not_signed_even_before_it_expires(office):
    await put(office, sent_long_ago(office))
    assert "expired at 2026-03-31T22:00:00Z" in (await office.answer("signature", SIGN)).json()["detail"]


def sent_long_ago(office: Office) -> Any:
    data = EXAMPLES[EventName.AgreementSent].data.model_copy(update={"agreement_id": office.agreement()})
    return example(EventName.AgreementSent, id=office.agreement(), rollout=office.desk.rollout, data=data)


async def test_the_openapi_document_tells_of_every_answer(office):
    paths = (await office.desk.client.get("/openapi.json")).json()["paths"]
    for path in ("/v1/agreements/{agreement}/signature", "/v1/rollouts/{rollout}/agreement-batches"):
        answers = paths[path]["post"]["responses"]
        assert {"202", "401", "403", "404", "409", "413", "422", "503"} <= answers.keys()
