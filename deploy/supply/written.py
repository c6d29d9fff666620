"""The files about supply chain and security: written, and compared with what locks, metadata and tables say now."""

import tomllib
from pathlib import Path

from deploy.supply import asvs
from deploy.supply.allowed import is_allowed
from deploy.supply.bill import bill
from deploy.supply.components import components
from deploy.supply.page import page


def write(root: Path) -> list[str]:
    """Write the files below `root`; return a sentence for each part whose licence is not allowed."""
    for name, text in _texts(root).items():
        (_docs(root) / name).write_text(text, encoding="utf-8", newline="\n")
    return _not_allowed(root)


def faults(root: Path) -> list[str]:
    """Return a sentence for each file that is not what it would be now, and for each licence that is not allowed."""
    stale = [name for name, text in _texts(root).items() if (_docs(root) / name).read_text(encoding="utf-8") != text]
    remedy = "is not what it would be now; write it with `python -m deploy.supply`."
    return [f"deploy/docs/{name} {remedy}" for name in stale] + _not_allowed(root)


def _texts(root: Path) -> dict[str, str]:
    parts = components(root)
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return {"sbom.cdx.json": bill(parts, version), "licences.md": page(parts), "asvs.md": asvs.page(root)}


def _not_allowed(root: Path) -> list[str]:
    return [
        f"{part.name} is under {part.licence}, which deploy/supply/allowed.py does not take."
        for part in components(root)
        if not is_allowed(part.licence, shipped=part.shipped)
    ]


def _docs(root: Path) -> Path:
    return root / "deploy" / "docs"
