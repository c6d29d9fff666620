"""The bill of materials as CycloneDX 1.6 JSON: the same parts make the same bytes."""

import json
import re
from collections.abc import Sequence
from typing import Any

from deploy.supply.components import Component


def bill(parts: Sequence[Component], version: str) -> str:
    """Return the document about klarmeld of `version`; what is not shipped is marked `excluded`."""
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "klarmeld", "version": version}},
        "components": [_component(part) for part in parts],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _component(part: Component) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "scope": "required" if part.shipped else "excluded",
        "licenses": [_licence(part.licence)],
        "purl": part.purl,
    }
    return found | ({"hashes": [{"alg": "SHA-256", "content": part.sha256}]} if part.sha256 else {})


def _licence(expression: str) -> dict[str, Any]:
    if re.search(" (AND|OR|WITH) ", expression):
        return {"expression": expression}
    return {"license": {"id": expression}}
