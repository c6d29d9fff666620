"""`python -m tests.benchmarks.operation rebuild|verify BOOTSTRAP MONGO DATABASE` does it once and prints figures."""

import asyncio
import json
import resource
import sys
import time
from typing import Any

from services.chassis import clock
from services.chassis.projection.journal import Signature
from services.chassis.projection.target import Target
from services.chassis.replay.rebuild import rebuild
from services.chassis.replay.share_work import Judgement
from services.chassis.replay.shares import Asked
from services.chassis.replay.verify import verify
from services.chassis.settings import KafkaSettings, MongoSettings


def main(verb: str, bootstrap: str, mongo: str, database: str) -> None:
    """Do one of both on the agreements service whose documents are in `database`."""
    from services.agreements.app import SERVICE  # noqa: PLC0415  what works on a share imports this module, not the app

    target = Target(
        name=SERVICE.name,
        group=database,
        derive=SERVICE.derive,
        topics=[str(each) for each in SERVICE.reads],
        kafka=KafkaSettings(bootstrap=bootstrap),
        mongo=MongoSettings(uri=mongo, timeout_s=30),
        database=database,
    )
    steps = _Steps()
    judgement = asyncio.run(_judged(verb, target, steps))
    sys.stdout.write(json.dumps(_figures(judgement, steps)))


async def _judged(verb: str, target: Target, steps: "_Steps") -> Judgement:
    asked = Asked(clock.now_ms())
    if verb == "verify":
        return (await verify(target, asked, tell=steps)).judgement
    signature = Signature("benchmark", "a figure", "2026-03-01T09:00:00.000000Z")
    return (await rebuild(target, asked, signature, tell=steps)).new


def _figures(judgement: Judgement, steps: "_Steps") -> dict[str, Any]:
    seconds = time.perf_counter() - steps.began
    cpu = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "events": judgement.records,
        "rate": judgement.records / seconds,
        "client_us": cpu / judgement.records * 1e6,
        "right": not judgement.differences,
        "steps": steps.seconds,
    }


class _Steps:
    """How long it has told of each step."""

    def __init__(self) -> None:
        self.began = self._last = time.perf_counter()
        self.seconds: dict[str, float] = {}

    def __call__(self, what: str, *_: int) -> None:
        now = time.perf_counter()
        self.seconds[what] = self.seconds.get(what, 0) + now - self._last
        self._last = now


if __name__ == "__main__":
    main(*sys.argv[1:])
