"""What is missing is fetched when there is room for it, and what can't be had is said."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from deploy.local import fetch as fetching
from deploy.local import kafka_jars, wheels
from deploy.local.errors import LocalStackError
from deploy.local.fetch import fetch, mongod_requirements


class Usage(NamedTuple):
    free: int


@pytest.fixture(autouse=True)
def nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test that gets as far as the network fail instead."""

    def unavailable(*_: object, **__: object) -> None:
        raise LocalStackError("Not here.", remedy="Nowhere.")

    monkeypatch.setattr(kafka_jars, "fetch_jars", unavailable)
    monkeypatch.setattr(wheels, "fetch_wheel", unavailable)


def test_too_little_disk_is_said_before_anything_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(free=700_000_000))

    with pytest.raises(LocalStackError, match=r"needs 1\.5 GB of free disk; .* has 0\.7 GB"):
        fetch(tmp_path, environ={})


def test_a_disk_that_fills_up_meanwhile_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(wheels, "fetch_wheel", full)

    with pytest.raises(LocalStackError, match=r"The disk of .* is full"):
        fetch(tmp_path, environ={})


def test_without_java_and_its_wheel_it_says_what_to_set(tmp_path: Path):
    with pytest.raises(LocalStackError, match=r"Not here\. Kafka needs Java 17 or newer, and none is installed\."):
        fetch(tmp_path, environ={}, with_mongod=False)


def test_what_an_interrupted_fetch_left_half_done_is_thrown_away(tmp_path: Path):
    (tmp_path / ".fetching-Kafka-1" / "jars").mkdir(parents=True)

    fetch(tmp_path, environ={}, with_broker=False, with_mongod=False)

    assert [each.name for each in tmp_path.iterdir()] == ["lock"]


def test_a_file_in_the_place_of_the_parts_is_said(tmp_path: Path):
    (tmp_path / "parts").touch()

    with pytest.raises(LocalStackError, match="Nothing can be kept in"):
        fetch(tmp_path / "parts", environ={})


@pytest.mark.parametrize(
    ("system", "machine", "file"),
    [
        ("linux", "x86_64", "mongod.txt"),
        ("linux", "aarch64", "mongod.txt"),
        ("darwin", "arm64", "mongod-macos.txt"),
        ("darwin", "x86_64", "mongod-macos.txt"),
    ],
)
def test_each_platform_has_its_mongod(system: str, machine: str, file: str):
    requirements = mongod_requirements(system, machine)

    assert requirements.name == file
    assert "--hash=sha256:" in requirements.read_text()


@pytest.mark.parametrize(("system", "machine"), [("freebsd", "x86_64"), ("linux", "riscv64")])
def test_a_platform_without_mongod_may_bring_its_own(system: str, machine: str):
    with pytest.raises(LocalStackError, match="Set KLARMELD_MONGO__URI"):
        mongod_requirements(system, machine)


def test_silence_says_nothing(capsys: pytest.CaptureFixture[str]):
    fetching.silent("Kafka", 1, 2)

    assert capsys.readouterr().out == ""
