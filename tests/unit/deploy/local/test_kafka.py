"""What Kafka is told: only itself listens, only on this machine, and any directory's name is readable for Java."""

from pathlib import Path

import pytest

from deploy.local.directory import DataDirectory
from deploy.local.fetch import Parts
from deploy.local.kafka import broker
from deploy.local.ports import block

PARTS = Parts(java=Path("/usr/bin/java"), jars=(Path("/jars/a.jar"), Path("/jars/b.jar")), mongod=None)


@pytest.fixture
def directory(tmp_path: Path) -> DataDirectory:
    """A data directory that was formatted before."""
    directory = DataDirectory.at(tmp_path / "Søren\\ÆØÅ")
    (directory.kafka / "data").mkdir(parents=True)
    (directory.kafka / "data" / "meta.properties").touch()
    return directory


def properties(directory: DataDirectory) -> dict[str, str]:
    broker(directory, block(9000), PARTS, {})
    lines = (directory.kafka / "server.properties").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_it_listens_on_this_machine_only(directory: DataDirectory):
    assert properties(directory)["listeners"] == "PLAINTEXT://127.0.0.1:9007,CONTROLLER://127.0.0.1:9008"


def test_topics_are_never_made_by_accident(directory: DataDirectory):
    assert properties(directory)["auto.create.topics.enable"] == "false"


def test_nothing_on_the_log_is_ever_dropped(directory: DataDirectory):
    assert properties(directory)["log.retention.ms"] == "-1"


def test_a_directory_is_written_as_java_reads_it(directory: DataDirectory):
    assert properties(directory)["log.dirs"].endswith("/S\\u00f8ren\\\\\\u00c6\\u00d8\\u00c5/kafka/data")


def test_it_keeps_the_environment_and_gets_the_jars_and_a_locale(directory: DataDirectory):
    recipe = broker(directory, block(9000), PARTS, {"PATH": "/bin"})

    assert recipe.env == {"PATH": "/bin", "CLASSPATH": "/jars/a.jar:/jars/b.jar", "LC_ALL": "C.UTF-8"}
