"""Reads so many records with confluent-kafka and does nothing with them: the limit of any Python consumer.

It runs in the environment of the peers, so it imports nothing of klarmeld's.
Arguments: servers, topic, group, directory (not used), records, and a file for the places that it has seen.
"""

import json
import sys
import time
from pathlib import Path

from confluent_kafka import Consumer

#: librdkafka waits this long, in milliseconds, when what it fetched ahead is full; its own second leaves it idle.
BACK_OFF_MS = 10


def main(servers: str, topic: str, group: str, _: str, records: str, file: str) -> None:
    """Print seconds, processor time and memory."""
    settings = {"auto.offset.reset": "earliest", "enable.auto.commit": False, "fetch.queue.backoff.ms": BACK_OFF_MS}
    consumer = Consumer({"bootstrap.servers": servers, "group.id": group, **settings})
    consumer.subscribe([topic])
    began, spent, seen = 0.0, time.process_time(), list[object]()
    while len(seen) < int(records):
        some = consumer.consume(2_000, timeout=0.5)
        began = began or (time.perf_counter() if some else 0.0)
        seen += some
    seconds, spent = time.perf_counter() - began, time.process_time() - spent
    megabytes = _megabytes()
    consumer.close()
    Path(file).write_text("".join(f"{each.partition()} {each.offset()}\n" for each in seen), encoding="utf-8")
    print(json.dumps({"seconds": seconds, "client_us": spent / int(records) * 1e6, "rss_mb": megabytes}))  # noqa: T201


def _megabytes() -> float:
    """Return this process's resident memory; the operating system's own peak would count its parent's."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024 / 1e6


if __name__ == "__main__":
    main(*sys.argv[1:])
