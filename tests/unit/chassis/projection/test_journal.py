"""The journal's chain: a change of any entry, of their order or of their number shows."""

from dataclasses import replace

import pytest

from services.chassis.projection.journal import JournalEntry, Receipt, Signature, breaks, following

SIGNATURE = Signature("Vagt 1", "en fejl i reglerne", "2026-03-01T09:00:00.000000Z")


def chain(length: int) -> list[JournalEntry]:
    entries: list[JournalEntry] = []
    for number in range(length):
        receipt = Receipt("rollback", {"live": f"progress_{number}"}, {"live": f"progress_{number + 1}"})
        entries.append(following(entries[-1] if entries else None, SIGNATURE, receipt))
    return entries


def test_an_untouched_journal_holds():
    assert list(breaks(chain(4))) == []


def test_an_empty_journal_holds():
    assert list(breaks([])) == []


@pytest.mark.parametrize(
    "change",
    [
        {"who": "en anden"},
        {"why": ""},
        {"at": "2026-03-01T09:00:01.000000Z"},
        {"what": "drop progress_1"},
        {"before": {"live": "progress_7"}},
        {"after": {}},
        {"previous": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_entry_shows(change):
    entries = chain(4)
    entries[2] = replace(entries[2], **change)

    assert "Entry 3 is not as it was written." in breaks(entries)


def test_a_removed_entry_shows():
    entries = chain(4)
    del entries[1]

    assert list(breaks(entries)) == ["After entry 1 comes 3.", "Entry 3 does not follow from the one before."]


def test_an_entry_written_anew_with_a_hash_of_its_own_shows_at_the_next():
    entries = chain(4)
    forged = following(entries[0], SIGNATURE._replace(who="en anden"), Receipt("rollback", {}, {}))
    entries[1] = forged

    assert list(breaks(entries)) == ["Entry 3 does not follow from the one before."]
