"""Keeps the same sets of facts with Quix Streams: RocksDB state with a changelog, one dictionary a document.

It runs in the environment of the peers, so it imports nothing of klarmeld's.
Arguments: servers, topic, group, directory, records, and the file for what the changelog holds in the end.
"""

import json
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer
from quixstreams import Application, State, message_context

ATTRIBUTES = ("ce_source", "ce_id", "ce_type", "ce_subject", "ce_time")
WAIT_S = 2.0


class Peer:
    """Merges record by record; knows when it met the first one."""

    def __init__(self) -> None:
        self.began = 0.0

    def merge(self, body: bytes, _: Any, recorded: int, headers: list[tuple[str, bytes]], state: State) -> bool:
        """Add a fact to its document; of two tellings of it the one recorded first stays."""
        self.began = self.began or time.perf_counter()
        said = dict(headers)
        document = f"{said['ce_rollout'].decode()}:{said['ce_municipality'].decode()}"
        parts = [said[name] for name in ATTRIBUTES]
        key = sha256(b"".join([*(b"%d:%b" % (len(each), each) for each in parts), body])).hexdigest()[:32]
        where = message_context()
        place = [recorded, where.partition, where.offset]
        facts = state.get(document) or {}
        if key not in facts or place < facts[key]["place"]:
            facts[key] = {"place": place, "said": [each.decode() for each in parts], "body": body.decode()}
            state.set(document, facts)
        return True


def main(servers: str, topic: str, group: str, directory: str, records: str, file: str) -> None:  # noqa: PLR0917
    """Read so many records, print seconds, processor time and memory, and write the final states."""
    application = Application(
        servers, consumer_group=group, auto_offset_reset="earliest", state_dir=directory, loglevel="WARNING"
    )
    source = application.topic(topic, key_deserializer="str", value_deserializer="bytes")
    peer, spent = Peer(), time.process_time()
    application.dataframe(source).apply(peer.merge, stateful=True, metadata=True)
    application.run(count=int(records), collect=False)
    seconds, spent = time.perf_counter() - peer.began, time.process_time() - spent
    megabytes = _megabytes()
    held = _held(servers, f"changelog__{group}--{topic}--default")
    rows = (f"{about} {key} {_spaced(fact['place'])}\n" for about, facts in held.items() for key, fact in facts.items())
    Path(file).write_text("".join(rows), encoding="utf-8")
    print(json.dumps({"seconds": seconds, "client_us": spent / int(records) * 1e6, "rss_mb": megabytes}))  # noqa: T201


def _spaced(place: list[int]) -> str:
    return " ".join(map(str, place))


def _held(servers: str, changelog: str) -> dict[str, Any]:
    """Return what the changelog holds of each document in the end."""
    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": f"{changelog}-read",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([changelog])
    held: dict[str, Any] = {}
    while some := consumer.consume(2_000, timeout=WAIT_S if held else 10 * WAIT_S):
        for each in some:
            held[json.loads(each.key().partition(b"|")[2])] = json.loads(each.value())
    consumer.close()
    return held


def _megabytes() -> float:
    """Return this process's resident memory; the operating system's own peak would count its parent's."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024 / 1e6


if __name__ == "__main__":
    main(*sys.argv[1:])
