"""What became of a notice as facts, and the entry that facts give back."""

import json

import pytest

from contracts import codec
from contracts.facts import Heard
from contracts.records import KafkaRecord
from contracts.roles import Role, SupplierRole
from services.chassis.outward.ledger_entry import Entry, Fate
from services.notifications.notice import Notice, Template
from services.notifications.outcomes import about, entries_in, events_of

AT = 1_770_000_000_123
NOTICE = Notice("efaktura-8b", "0630", Role.AFTALEADMINISTRATOR, Template.WEBINAR_INVITED, "webinar-1", "2", {})
SENT = Entry(about(NOTICE), Fate.SENT, "somebody", 0, 0, None, AT, AT, told=False)


def names(entry: Entry) -> list[str]:
    return [type(each.data).__name__ for each in events_of(entry)]


def heard(entry: Entry) -> list[Heard]:
    """Return the facts that the log makes of an outcome."""
    found = []
    for offset, event in enumerate(events_of(entry)):
        told = codec.encode(event)
        record = KafkaRecord(told.topic, 0, offset, AT + 1_000, told.key, told.value, told.headers)
        read = codec.read(record)
        assert isinstance(read, Heard)
        found.append(read)
    return found


def restored(*entries: Entry) -> list[Entry]:
    facts = [each.fact for entry in entries for each in heard(entry)]
    return list(entries_in("efaktura-8b", "0630", facts))


def test_an_outcome_told_again_is_the_same_fact():
    assert events_of(SENT) == events_of(SENT._replace(owner="another", told=True))


def test_another_outcome_of_the_same_notice_is_another_fact():
    later = SENT._replace(since=AT + 1)

    assert {each.id for each in events_of(SENT)}.isdisjoint(each.id for each in events_of(later))


def test_an_invitation_that_was_sent_says_which_state_of_the_webinar_it_was_to():
    [_, invited] = events_of(SENT)

    assert json.loads(invited.data.model_dump_json()) == {
        "webinar_id": "webinar-1",
        "sequence": 2,
        "role": "aftaleadministrator",
    }


@pytest.mark.parametrize(
    ("state", "name"), [(Fate.FAILED, "NotificationFailed"), (Fate.SUPPRESSED, "NotificationSuppressed")]
)
def test_an_invitation_that_was_not_sent_is_no_invitation(state: Fate, name: str):
    assert names(SENT._replace(state=state, reason="no_contact")) == [name]


def test_what_the_supplier_side_heard_names_the_role_that_it_concerns_and_its_channel():
    declined = NOTICE._replace(role=SupplierRole.EG, template=Template.AGREEMENT_DECLINED)
    [told] = events_of(SENT._replace(about=about(declined)))

    said = json.loads(told.data.model_dump_json())
    assert (said["role"], said["channel"]) == ("aftaleadministrator", "supplier_mail")


def test_the_facts_give_an_entry_back():
    [entry] = restored(SENT)

    assert (entry.key, entry.state, entry.about.role, entry.since, entry.told) == (
        SENT.key,
        Fate.SENT,
        "aftaleadministrator",
        AT,
        True,
    )


def test_a_notice_that_was_sent_stays_sent_whatever_was_told_of_it_besides():
    failed = SENT._replace(state=Fate.FAILED, reason="refused_550", since=AT + 5)

    assert [each.state for each in restored(failed, SENT)] == [Fate.SENT]


def test_what_others_tell_of_notices_is_no_entry_of_ours():
    [told, _] = heard(SENT)

    assert list(entries_in("efaktura-8b", "0630", [told.fact._replace(source="/eg/portal")])) == []
