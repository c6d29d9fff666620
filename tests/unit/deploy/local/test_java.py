"""Kafka runs on JAVA_HOME's Java or the one on PATH, if it is new enough."""

from pathlib import Path

import pytest

from deploy.local.java import installed_java, major_version, too_old


def java(place: Path, said: str, code: int = 0) -> Path:
    """Make a Java that answers `-version` as real ones do: on stderr."""
    program = place / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit {code}\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("said", "major"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "25" 2025-09-16', 25),
        ('java version "1.8.0_431"', 8),
        ('openjdk version "26-ea" 2026-03-17', 26),
        ("something else", None),
    ],
)
def test_the_version_of_a_java(tmp_path: Path, said: str, major: int | None):
    assert major_version(java(tmp_path, said)) == major


def test_a_java_that_fails_has_no_version(tmp_path: Path):
    assert major_version(java(tmp_path, 'java version "21"', code=1)) is None


def test_a_java_that_is_not_there_has_no_version(tmp_path: Path):
    assert major_version(tmp_path / "java") is None


def test_java_home_goes_before_path(tmp_path: Path):
    home = java(tmp_path / "home", 'version "21.0.1"')
    on_path = java(tmp_path / "path", 'version "25.0.1"')

    assert installed_java({"JAVA_HOME": str(tmp_path / "home"), "PATH": str(on_path.parent)}) == home


def test_an_old_java_home_gives_way_to_path(tmp_path: Path):
    java(tmp_path / "home", 'version "11.0.1"')
    on_path = java(tmp_path / "path", 'version "17.0.1"')

    assert installed_java({"JAVA_HOME": str(tmp_path / "home"), "PATH": str(on_path.parent)}) == on_path


def test_old_ones_are_not_taken_but_named(tmp_path: Path):
    home = java(tmp_path / "home", 'version "11.0.1"')
    environ = {"JAVA_HOME": str(tmp_path / "home"), "PATH": str(tmp_path)}

    assert installed_java(environ) is None
    assert too_old(environ) == f" ({home} is 11)"


def test_without_any_java_there_is_nothing_to_name(tmp_path: Path):
    assert too_old({"PATH": str(tmp_path)}) == ""
