"""What is shown of one service agreement: its document, its terms and the reason of what ended it."""

import pytest

from tests.facts_made import fact
from tests.unit.contracts.tracks.paper import BOUNCED, DECLINED, SENT, SIGNED, TERMINATED, VIEWED
from tests.unit.contracts.tracks.told import day, track


def test_the_document_and_the_terms_are_shown():
    sent = fact("AgreementSent", 2, batch_id="B1", sign_by="2026-04-01", supersedes="AG-0")

    assert track("agreement", sent)["agreements"] == [
        {
            "agreement_id": "AG-1",
            "state": "sent",
            "superseded": False,
            "superseded_by": None,
            "since": day(2),
            "reason": None,
            "mismatched": False,
            "sent": day(2),
            "document": {"title": "Serviceaftale", "version": 1, "sha256": "a" * 64},
            "supplier": "EG",
            "sign_by": "2026-04-01",
            "batch_id": "B1",
            "supersedes": "AG-0",
        }
    ]


def test_without_its_agreement_the_terms_are_unknown():
    shown = track("agreement", SIGNED)["agreements"][0]

    assert (shown["document"], shown["sent"], shown["sign_by"], shown["supplier"]) == (None, None, None, None)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ([SENT, BOUNCED], "Fuld postkasse"),
        ([SENT, DECLINED], "Forkert enhed"),
        ([SENT, SIGNED, TERMINATED], "Skifter ERP"),
        ([SENT, SIGNED], None),
        ([SENT, fact("AgreementExpired", 6)], None),
        ([SENT, VIEWED], None),
    ],
)
def test_the_reason_is_the_deciding_facts_own(facts, reason):
    assert track("agreement", *facts)["agreements"][0]["reason"] == reason


def test_fields_that_nobody_has_checked_stay_out_of_the_view():
    document = {"title": "S", "version": 1, "sha256": "a" * 64, "$where": {"a.b": 1}}
    found = track("agreement", fact("AgreementSent", 2, document=document, reason={"$x": 1}))

    assert found["agreements"][0]["document"] == {"title": "S", "version": 1, "sha256": "a" * 64}
    assert found["agreements"][0]["reason"] is None
