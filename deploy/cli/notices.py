"""What has become of the notices, by the ledger's counts, and whether more of them are on their way."""

import asyncio
from collections.abc import Mapping
from time import monotonic

from contracts.access import UserRole
from deploy.cli.asking import Services
from deploy.fleet import NOTIFICATIONS
from services.chassis.outward.ledger_entry import Fate

LEDGER = "/v1/admin/ledger"
#: Two looks of the local stack at what is owed, and a little: what is owed by then has been begun.
QUIET_S = 3.0
LONGEST_S = 30.0
_LOOK_EVERY_S = 0.3
_UNDER_WAY = (Fate.CLAIMED, Fate.SENDING)
#: In the order in which they are shown.
SHOWN = (Fate.SENT, Fate.UNKNOWN, Fate.FAILED, Fate.SUPPRESSED)

Counts = Mapping[str, int]


async def counted(services: Services) -> dict[str, int]:
    """Return how many notices are in each state; the ledger is shown to operations alone."""
    found = await services.acting_as(UserRole.OPERATIONS).get(NOTIFICATIONS.name, LEDGER, limit="1")
    counts: dict[str, int] = found["counts"]
    return counts


async def quiet(services: Services, *, within_s: float = LONGEST_S) -> bool:
    """Wait until nothing is under way and no count changes any more; False where that takes longer."""
    began = since = monotonic()
    last = await counted(services)
    while monotonic() - began < within_s:
        if not under_way(last) and monotonic() - since >= QUIET_S:
            return True
        await asyncio.sleep(_LOOK_EVERY_S)
        now = await counted(services)
        if now != last:
            last, since = now, monotonic()
    return False


def under_way(counts: Counts) -> int:
    """Return how many notices are about to leave, or leaving."""
    return sum(counts.get(state, 0) for state in _UNDER_WAY)


def notices_line(counts: Counts) -> str:
    """Say what has become of the notices, e.g. `sent 31, unknown 0, failed 0, suppressed 2`."""
    return ", ".join(f"{state} {counts.get(state, 0)}" for state in SHOWN)
