"""One klarmeld at a time uses a data directory, and one that can't be used says why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.directory import DataDirectory, claimed
from deploy.local.errors import LocalStackError


@pytest.fixture
def directory(tmp_path: Path) -> DataDirectory:
    return DataDirectory.at(tmp_path / "data")


def test_a_claim_makes_the_directory(directory: DataDirectory):
    with claimed(directory):
        assert directory.root.is_dir()


def test_a_second_claim_names_the_process_of_the_first(directory: DataDirectory):
    with (
        claimed(directory),
        pytest.raises(LocalStackError, match=f"another klarmeld, process {os.getpid()}"),
        claimed(directory),
    ):
        pass


def test_a_released_directory_can_be_claimed_again(directory: DataDirectory):
    with claimed(directory):
        pass

    with claimed(directory):
        assert (directory.root / "lock").read_text() == str(os.getpid())


def test_the_claim_of_a_killed_process_is_no_obstacle(directory: DataDirectory):
    claim_and_crash = (
        "import os; from pathlib import Path; from deploy.local.directory import DataDirectory, claimed; "
        f"claimed(DataDirectory.at(Path({str(directory.root)!r}))).__enter__(); os.kill(os.getpid(), 9)"
    )
    crashed = subprocess.run([sys.executable, "-c", claim_and_crash], check=False)

    with claimed(directory):
        assert crashed.returncode == -9


def test_a_place_that_is_no_directory_is_refused(tmp_path: Path):
    (tmp_path / "file").touch()

    with (
        pytest.raises(LocalStackError, match=r"Nothing can be kept in .*Not a directory.*--data"),
        claimed(DataDirectory.at(tmp_path / "file" / "data")),
    ):
        pass


def test_paths_are_absolute_and_know_the_home_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HOME", str(tmp_path))

    assert DataDirectory.at(Path("~/data")).kafka == tmp_path / "data" / "kafka"
