"""Good records that a bad release parked, redriven by the operator's own command: how many a second."""

import asyncio
import os
import sys
import time
from typing import NamedTuple

from contracts.access import UserRole
from contracts.refusals import Reason, Refusal
from contracts.topics import Topic
from deploy.local.stack import Stack
from services.chassis.log.log_admin import ensure_topics
from services.chassis.log.log_reader import reading
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.parked import Parked, ParkedRecord
from services.chassis.settings import KafkaSettings
from tests.benchmarks import workload
from tests.benchmarks.rebuilding import as_if_applied
from tests.benchmarks.running import fill, running
from tests.stack import REPOSITORY
from tests.tokens import Issuer

LABEL = "bench_redriving"
ROLLOUTS = 20
BAD_RELEASE = Refusal(Reason.SCHEMA, "A release refused what is right.")


class Redriven(NamedTuple):
    """How many records were parked, how many are still, and how many seconds the command took, start to end."""

    records: int
    left: int
    seconds: float


async def redriving(stack: Stack, issuer: Issuer, *, records: int) -> Redriven:
    """Park so many good records, and have `klarmeld parked redrive` try them again."""
    await ensure_topics(KafkaSettings(bootstrap=stack.bootstrap), [str(each) for each in Topic])
    await fill(stack, workload.spread(records, rollouts=ROLLOUTS))
    client = connect(stack.mongo_uri, timeout_s=30)
    try:
        parked = client[LABEL].parked
        await _park_all(stack, Parked(client[LABEL]))
        await as_if_applied(stack, LABEL)
        before = await parked.count_documents({"state": "parked"})
        async with running("agreements", stack, issuer, label=LABEL) as service:
            began = time.perf_counter()
            await _command(issuer, service.url)
            seconds = time.perf_counter() - began
        return Redriven(before, await parked.count_documents({"state": "parked"}), seconds)
    finally:
        await client.close()


async def _park_all(stack: Stack, parked: Parked) -> None:
    await parked.prepare()
    async with reading(KafkaSettings(bootstrap=stack.bootstrap), [str(each) for each in Topic]) as reader:
        async for records in reader.records(await reader.beginnings(), await reader.ends()):
            await parked.keep([ParkedRecord(each, BAD_RELEASE) for each in records])


async def _command(issuer: Issuer, url: str) -> None:
    words = ("parked", "redrive", "agreements", "--fixable", "--execute", "--why", "a figure", "--json")
    more = {"KLARMELD_ACCESS__TOKEN": issuer.token(UserRole.OPERATIONS), "KLARMELD_SERVICES__AGREEMENTS": url}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.cli", *words), cwd=REPOSITORY, env=os.environ | more, stdout=-1
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(said.decode())
