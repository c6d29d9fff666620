"""The audit trail of one agreement, for those whom it concerns."""

from contracts.examples import EXAMPLES, example
from contracts.names import EventName
from tests.integration.commands.office import DOCUMENT, FOREIGN, OWN, SIGN, is_problem, put


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
    await put(office.desk, office.app, *both)
    assert is_problem(await office.agreements("GET", same, role="eg"), 409)
    chosen = await office.agreements("GET", f"{same}?municipality={FOREIGN}", role="eg")
    assert chosen.json()["municipality"] == FOREIGN
    assert (await office.agreements("GET", same)).json()["municipality"] == OWN
    assert is_problem(await office.agreements("GET", f"{same}?municipality={FOREIGN}"), 404)
