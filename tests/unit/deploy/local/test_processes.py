"""A process is known by its pid together with its start, so that nobody else's is ended."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.processes import end, identify, is_running, save, saved


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process
        process.kill()


def test_a_process_is_identified_twice_alike(process: subprocess.Popen[bytes]):
    assert identify(process.pid) == identify(process.pid)
    assert is_running(identify(process.pid))


def test_an_ended_process_no_longer_runs(process: subprocess.Popen[bytes]):
    identity = identify(process.pid)

    end(identity, within=5)

    assert not is_running(identity)


def test_ending_an_ended_process_is_nothing(process: subprocess.Popen[bytes]):
    identity = identify(process.pid)
    end(identity, within=5)

    end(identity, within=5)

    assert not is_running(identity)


def test_a_process_of_the_same_pid_and_another_start_is_not_ended():
    end(identify(os.getpid())._replace(started=1.0), within=5)

    assert is_running(identify(os.getpid()))


def test_no_process_has_no_identity(process: subprocess.Popen[bytes]):
    process.kill()
    process.wait()

    with pytest.raises(ProcessLookupError):
        identify(process.pid)


def test_a_saved_identity_is_read_back(tmp_path: Path):
    identity = identify(os.getpid())

    save(identity, tmp_path / "run" / "kafka")

    assert saved(tmp_path / "run" / "kafka") == identity


def test_there_may_be_no_record(tmp_path: Path):
    assert saved(tmp_path / "kafka") is None


@pytest.mark.parametrize("text", ["", "12", "12 x", "a 1.0", "1 2 3"])
def test_a_broken_record_is_no_record(tmp_path: Path, text: str):
    (tmp_path / "kafka").write_text(text)

    assert saved(tmp_path / "kafka") is None
