"""Whether the ledger holds everything that the log says was told; one from an older backup does not."""

from collections.abc import Iterable, Sequence

from services.chassis import clock
from services.chassis.logs import logger
from services.chassis.outward.ledger import Ledger
from services.chassis.outward.ledger_entry import Entry, Fate
from services.chassis.projection.store import Place
from services.notifications.outlines import Outlines

log = logger(__name__)
CHUNK = 2_000
RESTORED = "restored"


class Restoring:
    """Restores what is missing from the facts, and lets nothing be sent then until an operator has looked.

    A mail that left just before the older ledger was put back may have no fact yet: only people can tell.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._unchecked: set[Place] = set()
        self._known: int | None = None

    async def is_whole(self, outlines: Outlines, changed: Iterable[Place], known: int) -> bool:
        """Return whether mails may be sent; `known` entries are in the ledger, and fewer than before is a sign."""
        self._unchecked |= set(changed)
        everywhere = self._known is None or known < self._known
        looks = outlines.looks(None if everywhere else self._unchecked)
        missing = await self._missing([each for look in looks for each in look.outcomes])
        if missing:
            await self._ledger.shut(RESTORED, len(missing), clock.now_ms())
            log.error("ledger_restored", entries=await self._ledger.restore(missing))
        self._known, self._unchecked = known, set()
        return (await self._ledger.gate()).reason is None

    async def _missing(self, told: Sequence[Entry]) -> list[Entry]:
        missing: list[Entry] = []
        for start in range(0, len(told), CHUNK):
            some = told[start : start + CHUNK]
            held = await self._ledger.of(each.key for each in some)
            missing += [each for each in some if _says_more(each, held.get(each.key))]
        return missing


def _says_more(told: Entry, held: Entry | None) -> bool:
    """Whether the log knows what the ledger does not: a sent notice stays sent, whatever else may change."""
    return held is None or (told.state is Fate.SENT and held.state is not Fate.SENT)
