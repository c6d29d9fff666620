"""How long Kafka keeps a fetch that finds nothing: shortly while records come, so that a long batch delays no other."""

import asyncio
from typing import Any, Final

#: Kafka's own default, for a service that has nothing to do.
CALM_MS: Final = 500
#: So long after the last record more may come at any moment; in seconds.
CALM_AFTER_S: Final = 5.0


class FetchWait:
    """Of one consumer.

    aiokafka 0.14 has one fetch under way at a time. Where what it holds of a partition is not taken within 100 ms,
    for the batch before is being applied, it asks for the other partitions alone; while Kafka has nothing of those,
    what comes in the first one waits for that answer. Shortly always would cost a service that has nothing to do, and
    the broker beside it, three times the processor time.
    """

    def __init__(self, busy_ms: int) -> None:
        self._busy_ms = busy_ms
        self._calming: asyncio.TimerHandle | None = None

    def records_came(self, client: Any) -> None:
        """Say that `client` has been given records."""
        if self._calming:
            self._calming.cancel()
        _set(client, self._busy_ms)
        self._calming = asyncio.get_running_loop().call_later(CALM_AFTER_S, _set, client, CALM_MS)


def _set(client: Any, milliseconds: int) -> None:
    client._fetcher._fetch_max_wait_ms = milliseconds  # noqa: SLF001  the consumer takes it once, when it is made
