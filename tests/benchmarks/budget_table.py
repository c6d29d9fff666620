"""The budget of time to visible as people read it: a leg in each row, a condition in each column."""

from collections.abc import Iterator, Mapping
from typing import Any

CONDITIONS = {
    "calm": "50/s",
    "busy": "1,000/s",
    "rebuild": "50/s, rebuild",
    "rebalance": "50/s, rebalance",
    "restart": "50/s, Kafka restarted",
}
LEGS = {
    "produce": "produce: sent → appended by Kafka",
    "broker": "broker: → with the service's Kafka client",
    "poll": "poll: → batch begun, the batch before it ended",
    "decode": "decode: → the batch is decoded",
    "pointer": "pointer: → its turn has come, and which generation is live is known",
    "derive": "union and derive: → the write is sent",
    "write": "progress: → facts, positions and view acknowledged, one durable write",
    "change stream": "change stream: → its word is with the service",
    "render": "render: → the view is with the response",
    "SSE": "SSE: → the view is with the reader",
}
LEGEND = (
    "Milliseconds, p50 / p99 of each leg by itself, so that the legs of a column do not add up to its last row. "
    "A leg that the next step overtook took no time: the change stream may speak before the write is acknowledged. "
    "Facts, positions and view are one write, so that union and progress are no legs of their own; "
    "while a rebuild's generation is written too, that write comes first and is part of deriving. "
    "The client asks Kafka for a partition again once what it holds of it has been taken, "
    "so that the broker's leg is where events wait while there are more than fit into a batch. "
    "A service that is 2,000 events behind adds facts first and makes views later: that wait is part of deriving. "
    "Kafka says in whole milliseconds when it appended. "
    "Of 1,000 events a second the legs after the write are those of the views that somebody follows. "
    "Each process writes down its steps meanwhile, which costs it some time itself."
)


def table(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the table, how many events it is made of, and what its legs mean."""
    shown = [name for name in CONDITIONS if name in found]
    yield f"| Time to visible, taken apart | {' | '.join(CONDITIONS[name] for name in shown)} |"
    yield f"|---|{'---|' * len(shown)}"
    for leg, words in LEGS.items():
        yield _row(words, [found[name]["legs"].get(leg) for name in shown])
    yield _row("sent → acknowledged by Kafka", [found[name]["acknowledged"] for name in shown])
    yield _row("acknowledged → GET shows it, of ten events a second", [found[name]["shown"] for name in shown])
    yield _row("**sent → the view is with the reader**", [found[name]["whole"] for name in shown])
    yield ""
    yield f"Events: {'; '.join(_counted(name, found[name]) for name in shown)}."
    yield LEGEND
    yield ""


def _row(words: str, cells: list[Mapping[str, float] | None]) -> str:
    told = (f"{each['p50']:,.1f} / {each['p99']:,.1f}" if each else "–" for each in cells)
    return f"| {words} | {' | '.join(told)} |"


def _counted(name: str, found: Mapping[str, Any]) -> str:
    without = f", {found['incomplete']:,} without all of their steps" if found["incomplete"] else ""
    sent = f"{found['events']:,} at {found['per_second']:,.0f} a second"
    return f"{CONDITIONS[name]}: {sent}, {found['followed']:,} of them followed{without}"
