"""Ports come in one block, and a taken one is named together with who took it."""

import os
import socket
from collections.abc import Iterator

import pytest

from deploy.local.errors import LocalStackError
from deploy.local.ports import HOST, block, free_block, is_free, require_free


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def test_the_default_block_is_the_documented_one():
    assert block()._asdict() == {
        "portal": 8100,
        "agreements": 8101,
        "notifications": 8102,
        "tasks": 8103,
        "issuer": 8104,
        "mail": 8105,
        "smtp": 8106,
        "kafka": 8107,
        "controller": 8108,
        "mongod": 8109,
    }


@pytest.mark.parametrize("base", [1024, 65_526])
def test_a_block_reaches_to_the_ends_of_the_range(base: int):
    assert block(base).portal == base


@pytest.mark.parametrize("base", [0, 1023, 65_527, -8100])
def test_a_block_that_does_not_fit_is_refused(base: int):
    with pytest.raises(LocalStackError, match="--port-base between 1024 and 65526"):
        block(base)


def test_a_free_block_is_free():
    assert all(is_free(port) for port in free_block())


def test_free_ports_are_no_error():
    require_free(free_block()._asdict())


def test_a_taken_port_is_named_with_its_process_and_the_way_out(taken: int):
    with pytest.raises(LocalStackError) as refusal:
        require_free({"Kafka": taken})

    assert f"Port {taken} for Kafka is in use by process {os.getpid()} (" in str(refusal.value)
    assert "--port-base" in refusal.value.remedy


def test_only_the_taken_ports_are_named(taken: int):
    free = free_block().kafka

    with pytest.raises(LocalStackError) as refusal:
        require_free({"Kafka": free, "MongoDB": taken})

    assert "MongoDB" in str(refusal.value)
    assert "Kafka" not in str(refusal.value)
