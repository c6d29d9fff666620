"""What klarmeld is made of: packages of the run lock, files taken from elsewhere, programs of the local stack."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any, NamedTuple

from deploy.supply.allowed import ALLOWED

_SAID = tomllib.loads(Path(__file__).with_name("licences.toml").read_text(encoding="utf-8"))
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)
#: Where files taken from elsewhere stand, each with its digests; and whether they are shipped.
_VENDORED = {"services/chassis/static": True, "services/portal/static/dkfds": True, "tests/browser/axe": False}
_WHEELS = ("mongod.txt", "mongod-macos.txt", "java.txt")


class Component(NamedTuple):
    """One part: where it comes from (`pypi`, `npm`, `maven`), its licence, and whether it is in the image."""

    ecosystem: str
    name: str
    version: str
    licence: str
    shipped: bool
    sha256: str | None = None

    @property
    def purl(self) -> str:
        return f"pkg:{self.ecosystem}/{self.name.replace(':', '/')}@{self.version}"


class UnknownLicenceError(Exception):
    """A part whose licence neither its metadata nor licences.toml says."""


def components(root: Path) -> list[Component]:
    """Return every part, in a fixed order; UnknownLicenceError where a licence is not known."""
    return sorted([*_packages(root), *_vendored(root), *_programs(root), *_jars(root)])


def _packages(root: Path) -> Iterator[Component]:
    for name, version in _pinned(root / "requirements" / "run.txt"):
        yield Component("pypi", name, version, _licence_of(name), shipped=True)


def _vendored(root: Path) -> Iterator[Component]:
    for place, shipped in _VENDORED.items():
        said = tomllib.loads((root / place / "vendored.toml").read_text(encoding="utf-8"))
        yield Component("npm", said["package"], said["version"], said["licence"], shipped)


def _programs(root: Path) -> Iterator[Component]:
    for file in _WHEELS:
        for name, version in _pinned(root / "deploy" / "local" / file):
            yield Component("pypi", name, version, _said("programs", name), shipped=False)


def _jars(root: Path) -> Iterator[Component]:
    lock: dict[str, Any] = tomllib.loads((root / "deploy" / "local" / "kafka.lock.toml").read_text(encoding="utf-8"))
    for jar in lock["dependencies"]:
        name, licence = f"{jar['groupId']}:{jar['artifactId']}", _said("jars", jar["groupId"])
        yield Component("maven", name, jar["version"], licence, shipped=False, sha256=jar["sha256"])


def _pinned(lock: Path) -> list[tuple[str, str]]:
    return _PINNED.findall(lock.read_text(encoding="utf-8"))


def _licence_of(name: str) -> str:
    """Return what the package itself says as SPDX, else what licences.toml says of it."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return _said("packages", name)
    if "License-Expression" in about:
        return about["License-Expression"]
    if "License" in about and about["License"] in ALLOWED:
        return about["License"]
    return _said("packages", name)


def _said(table: str, name: str) -> str:
    if name not in _SAID[table]:
        raise UnknownLicenceError(f"The licence of {name} is not known: say it in deploy/supply/licences.toml.")
    licence: str = _SAID[table][name]
    return licence
