"""Peers that run as processes of their own: Kafka Streams in Java, Quix Streams and confluent-kafka in Python."""

import asyncio
import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from contracts.topics import Topic
from deploy.local.stack import Stack
from tests.benchmarks.peers import Lap
from tests.stack import REPOSITORY

HERE = Path(__file__).parent
MAVEN, BUILT = HERE / "kafka_streams", HERE / "kafka_streams" / "target"
PYTHON = REPOSITORY / ".venv-bench" / "bin" / "python"
ATTRIBUTES = ("ce_source", "ce_id", "ce_type", "ce_subject", "ce_time")
#: The longest that a peer may take before it is said to be stuck, in seconds.
LONGEST_S = 300


class Peer(NamedTuple):
    """A candidate: its command before and after `servers topic group directory`, and whether it keeps states."""

    name: str
    before: Sequence[str]
    between: Sequence[str] = ()
    keeps_states: bool = True


def peers() -> tuple[list[Peer], dict[str, str]]:
    """Return the peers that can run on this machine, and why the others can't."""
    found, missing = list[Peer](), dict[str, str]()
    if PYTHON.exists():
        script = str(HERE / "outside" / "confluent.py")
        found.append(Peer("bare confluent-kafka", (str(PYTHON), script), keeps_states=False))
        found.append(Peer("Quix Streams", (str(PYTHON), str(HERE / "outside" / "quix.py"))))
    else:
        missing["Quix Streams, bare confluent-kafka"] = "`make bench` installs them, and has not"
    java = _built()
    if java:
        found.append(Peer("Kafka Streams, 1 thread", java, ("1", "0")))
        found.append(Peer("Kafka Streams, 2 threads, 256 MB of cache", java, ("2", "256")))
    else:
        missing["Kafka Streams"] = "there is no mvn or java here to build and run it with"
    return found, missing


def _built() -> Sequence[str]:
    """Return how Java starts the Kafka Streams peer, built where Maven is; nothing where it can't be."""
    if not shutil.which("mvn") or not shutil.which("java"):
        return ()
    build = ("mvn", "-q", "-B", "package", "dependency:copy-dependencies")
    subprocess.run(build, cwd=MAVEN, check=True, stdout=subprocess.DEVNULL)
    return "java", "-cp", f"{BUILT}/peer-1.jar:{BUILT}/dependency/*", "dk.klarmeld.peer.Peer"


async def lap_of(peer: Peer, stack: Stack, log: Sequence[Any], label: str) -> Lap:
    """Let a peer read the whole log; it is right when it holds what the log says."""
    with tempfile.TemporaryDirectory(prefix="klarmeld-bench-") as directory:
        states = Path(directory) / "states"
        given = (stack.bootstrap, str(Topic.AGREEMENTS), f"peer_{label}", str(Path(directory) / "kept"))
        command = (*peer.before, *given, *peer.between, str(len(log)), str(states))
        process = await asyncio.create_subprocess_exec(*command, stdout=-1, stderr=subprocess.DEVNULL)
        try:
            async with asyncio.timeout(LONGEST_S):
                said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise RuntimeError(f"{peer.name} ended with {process.returncode}")
        due = _states(log) if peer.keeps_states else {f"{each.partition} {each.offset}" for each in log}
        held = set(states.read_text(encoding="utf-8").splitlines())
    figures: Mapping[str, float] = json.loads(said.splitlines()[-1])
    rate = len(log) / figures["seconds"]
    return Lap(len(log), rate, figures["client_us"], figures["rss_mb"], right=held == due)


def _states(log: Sequence[Any]) -> set[str]:
    """Return a line for each fact of each document: its key, and its first place on the log."""
    first: dict[tuple[str, str], tuple[int, int, int]] = {}
    for each in log:
        headers = dict(each.headers)
        document = f"{headers['ce_rollout'].decode()}:{headers['ce_municipality'].decode()}"
        parts = [headers[name] for name in ATTRIBUTES]
        key = sha256(b"".join([*(b"%d:%b" % (len(part), part) for part in parts), each.value])).hexdigest()[:32]
        place = (each.timestamp, each.partition, each.offset)
        first[document, key] = min(place, first.get((document, key), place))
    return {f"{document} {key} {' '.join(map(str, place))}" for (document, key), place in first.items()}
