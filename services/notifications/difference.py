"""What is owed, less what the ledger says: what is to be sent now, and what nobody hears."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from contracts.roles import SupplierRole
from services.chassis.outward.contacts import Recipient
from services.chassis.outward.ledger_entry import About, Entry, Fate, suppressed
from services.notifications.notice import Notice
from services.notifications.outcomes import about

NO_CONTACT, PAUSED = "no_contact", "paused"

#: Recipients by municipality, then by role.
Contacts = Mapping[str, Mapping[str, Recipient]]


class Due(NamedTuple):
    """A notice to be sent now, who hears it, and its entry where it has one."""

    about: About
    notice: Notice
    recipient: Recipient
    entry: Entry | None


class Difference(NamedTuple):
    """The work: what to send, and new entries for what is deliberately not sent."""

    due: list[Due]
    silent: list[Entry]


def difference(
    notices: Iterable[Notice], entries: Mapping[str, Entry], contacts: Contacts, supplier: Recipient | None, now: int
) -> Difference:
    """Compare at `now`, in milliseconds; `supplier` hears for the supplier side.

    What was suppressed is sent after all once somebody hears it, if it is still owed.
    """
    due: list[Due] = []
    silent: list[Entry] = []
    for notice in notices:
        told_of = about(notice)
        entry = entries.get(told_of.key)
        recipient = _recipient(notice, contacts, supplier)
        if isinstance(recipient, Recipient):
            if entry is None or _waits(entry, now):
                due.append(Due(told_of, notice, recipient, entry))
        elif entry is None:
            silent.append(suppressed(told_of, recipient, now))
    return Difference(due, silent)


def _recipient(notice: Notice, contacts: Contacts, supplier: Recipient | None) -> Recipient | str:
    """Return who hears a notice, or why nobody does."""
    if isinstance(notice.role, SupplierRole):
        return supplier or NO_CONTACT
    recipient = contacts.get(notice.municipality, {}).get(notice.role)
    if recipient is None:
        return NO_CONTACT
    return PAUSED if recipient.paused else recipient


def _waits(entry: Entry, now: int) -> bool:
    """Whether it may be taken: nobody is about to send it, and nobody has."""
    if entry.state is Fate.CLAIMED:
        return entry.lease < now
    return entry.state is Fate.SUPPRESSED and entry.reason in {NO_CONTACT, PAUSED}
