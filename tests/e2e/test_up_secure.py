"""The closed stack as its command starts it: nobody comes in unknown, operators do with what is kept for them."""

import json
import shlex
import signal
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.local.directory import DataDirectory
from deploy.local.ports import HOST, free_block
from tests.e2e.test_run import ENVIRONMENT, KLARMELD
from tests.stack import REPOSITORY, give_back

Line = dict[str, str]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Line]]:
    """What `klarmeld up --secure` says of each part once all are ready, by name; it ends with 0 when it is told to."""
    data = tmp_path_factory.mktemp("lukket")
    options = ["--port-base", str(free_block().portal), "--data", str(data)]
    command = [*KLARMELD, "up", "--secure", "--json", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        lines: list[Line] = []
        for line in process.stdout:
            lines.append(json.loads(line))
            if lines[-1]["event"] == "all_ready":
                break
        yield {each["part"]: each for each in lines if each["event"] == "ready"}
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
    give_back(DataDirectory.at(data))
    assert process.returncode == 0


def test_everything_comes_up_closed(told: dict[str, Line]):
    parts = {"kafka", "mongodb", "credentials", "issuer", "inbox", "portal", "agreements", "notifications", "tasks"}

    assert told.keys() == parts


@pytest.mark.parametrize("name", ["agreements", "notifications", "tasks"])
def test_each_service_is_ready(told: dict[str, Line], name: str):
    assert httpx.get(f"{told[name]['url']}/readyz", timeout=20).json()["troubles"] == []


def test_whoever_does_not_say_who_they_are_is_not_answered(told: dict[str, Line]):
    with (
        MongoClient(told["mongodb"]["url"], serverSelectionTimeoutMS=1_500) as client,
        pytest.raises(PyMongoError),
    ):
        client.admin.command("ping")


def test_kafka_speaks_with_whoever_knows_its_signer_alone(told: dict[str, Line]):
    port = told["kafka"]["url"].rpartition(":")[2]

    with pytest.raises(ssl.SSLCertVerificationError):
        ssl.get_server_certificate((HOST, int(port)), ca_certs=ssl.get_default_verify_paths().cafile)


@pytest.mark.parametrize("words", ["verify tasks", "status", "parked list"])
def test_operators_come_in_by_the_file_that_is_told(told: dict[str, Line], words: str):
    file = Path(told["credentials"]["url"])
    known = dict(each.split("=", 1) for each in shlex.split(file.read_text()))
    base = told["portal"]["url"].rpartition(":")[2]
    settings = {"KLARMELD_PORT_BASE": base, **known}

    done = subprocess.run(
        [*KLARMELD, *words.split()], env={**ENVIRONMENT, **settings}, capture_output=True, text=True, timeout=120,
        cwd=REPOSITORY, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_file_is_its_owners_alone(told: dict[str, Line]):
    assert Path(told["credentials"]["url"]).stat().st_mode & 0o077 == 0
