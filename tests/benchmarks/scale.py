"""What a cluster would carry by arithmetic: measured costs, real keys on real partitions, nothing measured on one."""

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from aiokafka.partitioner import murmur2

from tests.benchmarks import workload
from tests.benchmarks.catching_up import rates

BEGIN, END = "<!-- scale: made by `python -m tests.benchmarks report` -->\n", "<!-- end of scale -->\n"
REPLICAS = (1, 2, 3, 6, 12)
#: Of a municipality in a rollout, and the seconds of the one working day that they all fall on at worst.
EVENTS, DAY_S = 30, 8 * 3_600


class Cost(NamedTuple):
    """What one event costs one service, as measured."""

    rate: float
    broker_us: float
    mongod_us: float


class Cluster(NamedTuple):
    """What is assumed: machines, cores of each, services that hear every event, copies of a record, partitions."""

    brokers: int = 3
    cores: int = 2
    services: int = 3
    copies: int = 3
    partitions: int = 6


def cost(figures: Mapping[str, Any]) -> Cost:
    """Return the medians of klarmeld's laps in random order that count."""
    right = [each for each in figures["catching_up"]["spread"]["klarmeld"] if rates([each])]
    spent = (statistics.median(each[name] for each in right) for name in ("rate", "broker_us", "mongod_us"))
    return Cost(*spent)


def limits(each: Cost, cluster: Cluster, replicas: int) -> dict[str, float]:
    """Return the events a second, told once, at which each part has no time left."""
    core_us = cluster.cores * 1e6
    # A follower is taken to cost a broker what a reader does.
    readers = cluster.services + cluster.copies - 1
    return {
        "replicas": each.rate / busiest(cluster.partitions, replicas),
        "MongoDB's primary": core_us / (each.mongod_us * cluster.services),
        "brokers": cluster.brokers * core_us / (each.broker_us * readers),
    }


def busiest(partitions: int, replicas: int) -> float:
    """Return the share of all events that the busiest replica has, were each municipality's share the same."""
    on = Counter(_partition(code, partitions) for code in workload.CODES)
    # The Range assignor: partitions in order, the first replicas have one more where they do not divide evenly.
    working = min(replicas, partitions)
    each, more = divmod(partitions, working)
    bounds = [number * each + min(number, more) for number in range(working + 1)]
    held = [sum(on[partition] for partition in range(first, last)) for first, last in pairwise(bounds)]
    return max(held) / len(workload.CODES)


def _partition(code: str, partitions: int) -> int:
    key = workload.one(0, "scale", code).key
    return int(murmur2(key) & 0x7FFFFFFF) % partitions


def table(figures: Mapping[str, Any], cluster: Cluster | None = None) -> Iterator[str]:
    """Yield what each number of replicas carries, and what has no time left first."""
    assumed, measured = cluster or Cluster(), cost(figures)
    yield f"By arithmetic from the run of {figures['at']}; events a second in random order, each told once:"
    yield ""
    yield "| Replicas of each service | replicas carry | MongoDB's primary | brokers | breaks first | rollouts a day |"
    yield "|---|---|---|---|---|---|"
    for replicas in REPLICAS:
        found = limits(measured, assumed, replicas)
        first = min(found, key=found.__getitem__)
        carried = " | ".join(f"{value:,.0f}" for value in found.values())
        yield f"| {replicas} | {carried} | {first}, at {found[first]:,.0f} | {_rollouts(found[first]):,.0f} |"
    yield ""
    yield from _assumptions(assumed, measured)


def _rollouts(carried: float) -> float:
    return carried * DAY_S / (EVENTS * len(workload.CODES))


def _assumptions(assumed: Cluster, measured: Cost) -> Iterator[str]:
    share = busiest(assumed.partitions, assumed.partitions)
    yield (
        f"- Replicas: each does what the one measured did, {measured.rate:,.0f} events/s, with as much processor. "
        f"{len(workload.CODES)} municipalities fall unevenly on {assumed.partitions} partitions: the busiest has "
        f"{share:.0%} of them, so {assumed.partitions} replicas do the work of {1 / share:.1f}; more stand idle."
    )
    yield (
        f"- MongoDB: 3 nodes carry what one does, for only the primary is written to: {assumed.cores} cores, "
        f"{measured.mongod_us:,.0f} µs an event in each of {assumed.services} services. It does not wait for others."
    )
    yield (
        f"- Brokers: {assumed.brokers} with {assumed.cores} cores each lead a third, {measured.broker_us:,.0f} µs for "
        f"each of {assumed.services} readers and {assumed.copies - 1} followers, as if a follower were a reader."
    )
    yield (
        f"- Rollouts a day: {EVENTS} events for each municipality, all within the same {DAY_S // 3_600} hours, "
        "spread evenly over them; a peak ten times as high leaves a tenth."
    )
    yield "- Left out: networks, TLS, disks, reading by people, and what producers cost the brokers."
