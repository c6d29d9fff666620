"""Kafka's jars are exactly the locked ones, or there are none."""

import functools
import hashlib
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import kafka_jars
from deploy.local.errors import LocalStackError
from deploy.local.ports import HOST, free_block

JAR = "dk/example/thing/1.0/thing-1.0.jar"
RIGHT, WRONG = b"the jar", b"another jar"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Serve the directory that it returns as the machine's mirror."""
    root = tmp_path / "mirror"
    (root / JAR).parent.mkdir(parents=True)
    with http.server.ThreadingHTTPServer((HOST, 0), functools.partial(Quiet, directory=root)) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        use_mirror(tmp_path, monkeypatch, server.server_port)
        yield root
        server.shutdown()


def use_mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    (tmp_path / "jgo.conf").write_text(f"[repositories]\ncentral = http://{HOST}:{port}\n")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(tmp_path / "jgo.conf"))
    monkeypatch.setenv("NO_PROXY", HOST)


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "lock.toml"
    entry = 'groupId = "dk.example"\nartifactId = "thing"\nversion = "1.0"\npackaging = "jar"\n'
    file.write_text(f'[[dependencies]]\n{entry}sha256 = "{hashlib.sha256(RIGHT).hexdigest()}"\n')
    return file


def fetch(target: Path, lock: Path) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    kafka_jars.fetch_jars(target, done=lambda done, total: told.append((done, total)), lock_path=lock)
    return told


def test_the_locked_jar_is_fetched_and_told_of(tmp_path: Path, mirror: Path, lock: Path):
    (mirror / JAR).write_bytes(RIGHT)

    told = fetch(tmp_path / "jars", lock)

    assert (tmp_path / "jars" / JAR).read_bytes() == RIGHT
    assert told == [(1, 1)]
    assert kafka_jars.is_complete(tmp_path / "jars")


def test_another_jar_is_refused_and_leaves_nothing(tmp_path: Path, mirror: Path, lock: Path):
    (mirror / JAR).write_bytes(WRONG)
    before = set(tmp_path.iterdir())

    with pytest.raises(LocalStackError, match=r"not the locked ones.*dk\.example:thing:1\.0 checksum mismatch"):
        fetch(tmp_path / "jars", lock)

    assert set(tmp_path.iterdir()) == before


def test_a_jar_that_the_mirror_lacks_is_named(tmp_path: Path, mirror: Path, lock: Path):
    with pytest.raises(LocalStackError, match=r"thing-1\.0\.jar \(not found\)"):
        fetch(tmp_path / "jars", lock)


def test_without_network_it_says_that_it_is_needed_once(tmp_path: Path, lock: Path, monkeypatch: pytest.MonkeyPatch):
    use_mirror(tmp_path, monkeypatch, free_block().kafka)

    with pytest.raises(
        LocalStackError, match=r"thing-1\.0\.jar \(ConnectionError\)\. The first start needs the network"
    ):
        fetch(tmp_path / "jars", lock)


@pytest.mark.parametrize(
    "damage", [Path.unlink, functools.partial(Path.write_bytes, data=WRONG)], ids=["gone", "other"]
)
def test_a_jar_that_changed_on_the_disk_makes_the_jars_incomplete(tmp_path: Path, mirror: Path, lock: Path, damage):
    (mirror / JAR).write_bytes(RIGHT)
    fetch(tmp_path / "jars", lock)

    damage(tmp_path / "jars" / JAR)

    assert not kafka_jars.is_complete(tmp_path / "jars")


def test_nothing_fetched_is_not_complete(tmp_path: Path):
    assert not kafka_jars.is_complete(tmp_path / "jars")


@pytest.mark.parametrize("coordinate", [kafka_jars.KAFKA, kafka_jars.BINDING])
def test_the_committed_lock_holds_what_the_code_names(coordinate: str):
    group, artifact, _, version, _ = coordinate.split(":")
    entry = f'groupId = "{group}"\nartifactId = "{artifact}"\nversion = "{version}"'

    assert entry in kafka_jars.LOCK.read_text()


def test_the_committed_lock_has_a_checksum_for_each_jar_and_names_no_host():
    text = kafka_jars.LOCK.read_text()

    assert len(re.findall(r"^sha256 = \"[0-9a-f]{64}\"$", text, re.MULTILINE)) == text.count("[[dependencies]]") > 40
    assert "://" not in text
