"""What mongod is told: only this machine may connect, and it runs as a replica set."""

from pathlib import Path

import pytest

from deploy.local.directory import DataDirectory
from deploy.local.fetch import Parts
from deploy.local.mongod import mongod, uri
from deploy.local.ports import block


def test_it_listens_on_this_machine_only_and_as_a_replica_set(tmp_path: Path):
    parts = Parts(java=Path("java"), jars=(), mongod=Path("/parts/mongod"))

    argv = " ".join(mongod(DataDirectory.at(tmp_path), block(9000), parts, {}).argv)

    assert argv.startswith("/parts/mongod --replSet rs0 ")
    assert " --bind_ip 127.0.0.1 --port 9009 " in argv


def test_it_can_only_run_when_it_was_fetched(tmp_path: Path):
    with pytest.raises(ValueError, match="not fetched"):
        mongod(DataDirectory.at(tmp_path), block(9000), Parts(java=Path("java"), jars=(), mongod=None), {})


def test_its_uri_names_the_replica_set():
    assert uri(8109) == "mongodb://127.0.0.1:8109/?replicaSet=rs0"
