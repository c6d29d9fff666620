"""One line of the ledger: what one role was to hear once, and what has become of it."""

from enum import StrEnum
from typing import NamedTuple


class Fate(StrEnum):
    """What has become of a notice.

    `claimed`: somebody is about to send it, or will try again once `lease` is over. `sending`: it may be leaving.
    `unknown`: it may have left; nobody sends it again but by an operator's word.
    """

    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"


#: States that are told as facts.
OUTCOMES = (Fate.SENT, Fate.FAILED, Fate.SUPPRESSED)


class About(NamedTuple):
    """Which notice: the six parts of its key, and the key itself."""

    key: str
    rollout: str
    municipality: str
    role: str
    template: str
    subject: str
    revision: str


class Entry(NamedTuple):
    """A notice and its state; times are milliseconds since 1970.

    `since` is when it came into its state, `first` when it was first owed. `told` is whether its outcome stands on
    the log. `mark` stands for the address that it went to; `by` names an operator who decided.
    """

    about: About
    state: Fate
    owner: str | None
    lease: int
    attempts: int
    reason: str | None
    first: int
    since: int
    told: bool
    mark: str | None = None
    by: str | None = None

    @property
    def key(self) -> str:
        return self.about.key


def claimed(about: About, owner: str, now: int, lease: int) -> Entry:
    """Return the first entry of a notice that `owner` is about to send."""
    return Entry(about, Fate.CLAIMED, owner, lease, 0, None, now, now, told=False)


def suppressed(about: About, reason: str, now: int) -> Entry:
    """Return the entry of a notice that is deliberately not sent."""
    return Entry(about, Fate.SUPPRESSED, None, 0, 0, reason, now, now, told=False)
