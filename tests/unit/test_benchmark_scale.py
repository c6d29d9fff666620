"""What a cluster would carry follows from what was measured, and the document says what the command prints."""

import json
from types import ModuleType

import pytest

from tests.benchmarks import scale, sizes
from tests.benchmarks.report import DOCS
from tests.benchmarks.scale import Cluster, Cost, busiest, limits

COST = Cost(rate=5_000, broker_us=20, mongod_us=100)


def test_one_replica_has_all_events():
    assert busiest(partitions=6, replicas=1) == 1


def test_two_replicas_share_what_is_on_six_partitions():
    assert 0.5 <= busiest(partitions=6, replicas=2) < 1


def test_six_replicas_do_not_do_the_work_of_six_as_partitions_are_uneven():
    assert 1 / 6 < busiest(partitions=6, replicas=6) < 1 / 2


def test_more_replicas_than_partitions_carry_no_more():
    assert limits(COST, Cluster(), 12) == limits(COST, Cluster(), 6)


def test_the_primary_carries_every_service():
    assert limits(COST, Cluster(cores=2, services=3), 1)["MongoDB's primary"] == pytest.approx(2e6 / 300)


def test_brokers_serve_readers_and_followers():
    found = limits(COST, Cluster(brokers=3, cores=2, services=3, copies=3), 1)

    assert found["brokers"] == pytest.approx(6e6 / 100)


def test_a_dear_database_breaks_first():
    found = limits(COST._replace(mongod_us=10_000), Cluster(), 6)

    assert min(found, key=found.__getitem__) == "MongoDB's primary"


@pytest.mark.parametrize("part", [scale, sizes], ids=["scale", "sizes"])
def test_the_document_says_what_the_figures_say(part: ModuleType):
    figures = json.loads((DOCS / "performance.json").read_text(encoding="utf-8"))
    written = (DOCS / "sizing.md").read_text(encoding="utf-8").partition(part.BEGIN)[2].partition(part.END)[0]

    assert written.splitlines() == list(part.table(figures))
