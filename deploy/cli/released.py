"""The schemas as they were released: read for the comparison with today's, and added to with a release."""

import json
from pathlib import Path
from typing import Any

from contracts.catalogue import schema, schemas
from contracts.registry import REGISTRY
from contracts.releases import breaking, unreleased
from contracts.upcasters import UPCASTERS
from deploy.cli.errors import UsageError

Schemas = dict[str, dict[str, Any]]


def incompatible(root: Path) -> list[str]:
    """Return a sentence for each change since any release below `root` that its readers or writers can't take."""
    return breaking(_released(root), _today(), UPCASTERS.keys())


def release(root: Path, name: str) -> list[str]:
    """Keep today's schemas, as far as they are new or changed, as those of the release `name`; return their files."""
    directory = _directory(root) / name
    if directory.exists():
        raise UsageError(f"{name} is released already.", remedy="A release is never changed; give this one a new name.")
    fresh = sorted(unreleased(_released(root), _today()))
    for file in fresh:
        directory.mkdir(parents=True, exist_ok=True)
        (directory / file).write_text(schemas()[file], encoding="utf-8", newline="\n")
    return fresh


def _directory(root: Path) -> Path:
    return root / "contracts" / "schemas" / "released"


def _released(root: Path) -> dict[str, Schemas]:
    """Return the schemas of each release by file name, the oldest release first."""
    found = sorted((each for each in _directory(root).glob("*") if each.is_dir()), key=_age)
    return {each.name: {path.name: _read(path) for path in sorted(each.glob("*.json"))} for each in found}


def _age(release: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in release.name.split("."))


def _today() -> Schemas:
    return {spec.dataschema: schema(spec) for spec in REGISTRY.values()}


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
