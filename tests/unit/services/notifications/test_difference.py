"""What is sent now: what is owed, less what the ledger says."""

import pytest

from contracts.roles import Role, SupplierRole
from services.chassis.outward.contacts import Recipient
from services.chassis.outward.ledger_entry import Entry, Fate, claimed, suppressed
from services.notifications.difference import Difference, difference
from services.notifications.notice import Notice, Template
from services.notifications.outcomes import about

NOW = 1_000_000
NOTICE = Notice("efaktura-8b", "0630", Role.AFTALEADMINISTRATOR, Template.AGREEMENT_READY, "AG-1", "1", {})
TO_SUPPLIER = NOTICE._replace(role=SupplierRole.EG, template=Template.AGREEMENT_DECLINED)
NAMED = {"0630": {"aftaleadministrator": Recipient("aftaler@vejle.example")}}
CLAIMED = claimed(about(NOTICE), "somebody", NOW, NOW + 10)


def compared(entry: Entry | None = None, *, notice: Notice = NOTICE, now: int = NOW, **changes: object) -> Difference:
    entries = {entry.key: entry} if entry else {}
    given = {"contacts": NAMED, "supplier": None} | changes
    return difference([notice], entries, given["contacts"], given["supplier"], now)  # type: ignore[arg-type]


def test_what_the_ledger_does_not_know_is_sent():
    [due] = compared().due

    assert (due.notice, due.recipient.address, due.entry) == (NOTICE, "aftaler@vejle.example", None)


@pytest.mark.parametrize("state", [Fate.SENDING, Fate.SENT, Fate.FAILED, Fate.UNKNOWN])
def test_what_may_have_left_or_is_decided_is_left_alone(state: Fate):
    assert compared(CLAIMED._replace(state=state), now=NOW + 1_000_000) == ([], [])


def test_what_somebody_is_about_to_send_is_left_to_them():
    assert compared(CLAIMED) == ([], [])


def test_what_somebody_claimed_and_left_is_taken_over():
    assert [each.entry for each in compared(CLAIMED, now=NOW + 11).due] == [CLAIMED]


@pytest.mark.parametrize(
    ("contacts", "reason"),
    [({}, "no_contact"), ({"0630": {"aftaleadministrator": Recipient("a@b.example", paused=True)}}, "paused")],
)
def test_what_nobody_hears_is_suppressed(contacts: object, reason: str):
    assert compared(contacts=contacts) == ([], [suppressed(about(NOTICE), reason, NOW)])


def test_what_was_suppressed_is_suppressed_once():
    assert compared(suppressed(about(NOTICE), "no_contact", NOW), contacts={}) == ([], [])


def test_what_was_suppressed_is_sent_once_somebody_hears_it():
    entry = suppressed(about(NOTICE), "no_contact", NOW)

    assert [each.entry for each in compared(entry).due] == [entry]


def test_the_supplier_side_hears_at_its_function_mailbox():
    found = compared(notice=TO_SUPPLIER, supplier=Recipient("aftaler@eg.example"))

    assert [each.recipient.address for each in found.due] == ["aftaler@eg.example"]


def test_without_a_function_mailbox_the_supplier_side_hears_nothing():
    assert [each.reason for each in compared(notice=TO_SUPPLIER).silent] == ["no_contact"]
