"""How much one client may send: a bucket of tokens for each, filled at a steady rate."""

from collections import OrderedDict
from math import ceil
from typing import NamedTuple

from services.chassis.errors import TooManyRequestsError

#: Clients remembered at once; one that is forgotten starts with a full bucket.
MOST_CLIENTS = 10_000


class _Bucket(NamedTuple):
    tokens: float
    at: float


class Rate:
    """Lets each client spend `per_second` tokens on average and `burst` at once."""

    def __init__(self, *, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def spend(self, client: str, tokens: int, now: float) -> None:
        """Take `tokens` from a client's bucket at `now` (seconds); TooManyRequestsError says when to come again."""
        wanted = min(tokens, self._burst)
        bucket = self._buckets.pop(client, _Bucket(self._burst, now))
        held = min(self._burst, bucket.tokens + (now - bucket.at) * self._per_second)
        allowed = held >= wanted
        self._buckets[client] = _Bucket(held - wanted if allowed else held, now)
        if len(self._buckets) > MOST_CLIENTS:
            self._buckets.popitem(last=False)
        if not allowed:
            seconds = ceil((wanted - held) / self._per_second)
            sentence = f"More than {self._per_second:g} events a second on average; try again in {seconds} s."
            raise TooManyRequestsError(sentence, retry_after=seconds)
