"""What Prometheus is told of the ledger: how much is in each state, and what waits for an operator."""

from prometheus_client import CollectorRegistry, Gauge

from services.chassis.outward.ledger import Ledger
from services.chassis.outward.ledger_entry import Fate


class LedgerMetrics:
    """The instruments of one service instance."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._entries = Gauge("klarmeld_ledger_entries", "Notices in the ledger.", ["state"], registry=registry)
        for fate in Fate:  # told before the ledger was looked at
            self._entries.labels(str(fate))
        self._unknown = Gauge(
            "klarmeld_ledger_unknown_age_seconds", "Age of the oldest notice whose fate is unknown.", registry=registry
        )
        self._shut = Gauge(
            "klarmeld_ledger_shut", "1 while nothing is sent until an operator says so.", registry=registry
        )
        self.reachable = Gauge("klarmeld_smtp_reachable", "1 while the mail server lets us in.", registry=registry)

    async def tell(self, ledger: Ledger, now: int) -> int:
        """Set every instrument and return how many entries there are."""
        counts = await ledger.counts()
        for state, count in counts.items():
            self._entries.labels(str(state)).set(count)
        oldest = await ledger.oldest(Fate.UNKNOWN)
        self._unknown.set((now - oldest) / 1000 if oldest is not None else 0)
        self._shut.set(1 if (await ledger.gate()).reason else 0)
        return sum(counts.values())
