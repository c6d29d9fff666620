"""What operators say of their own kinds, as strict JSON Schemas that need no cluster and no network.

`python -m tests.deployment.crd_schemas VERSION <their-crd.yaml >tests/deployment/crds/KIND.json` takes one anew.
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

FOLDER = Path(__file__).with_name("crds")
#: Words for people, and rules in languages that only a cluster evaluates.
_LEFT_OUT = {"description", "example", "default", "x-kubernetes-validations"}
Resource = dict[str, Any]


def kinds() -> set[str]:
    return {each.stem for each in FOLDER.glob("*.json")}


def faults(resource: Resource) -> list[str]:
    """Return what its operator's schema has against a resource, each with its place."""
    schema = json.loads((FOLDER / f"{resource['kind']}.json").read_text("utf-8"))
    return [f"{each.json_path}: {each.message}" for each in Draft202012Validator(schema).iter_errors(resource)]


def strict(crd: Resource, version: str) -> Resource:
    """Return the schema of one version, under which no field may stand that it does not name."""
    (found,) = [each for each in crd["spec"]["versions"] if each["name"] == version]
    schema = _closed(found["schema"]["openAPIV3Schema"])
    schema["properties"].pop("status", None)
    known = {
        "apiVersion": {"const": f"{crd['spec']['group']}/{version}"},
        "kind": {"const": crd["spec"]["names"]["kind"]},
        "metadata": {"type": "object"},
    }
    return {**schema, "properties": {**schema["properties"], **known}, "required": [*known, "spec"]}


def _closed(part: Any) -> Any:
    if isinstance(part, list):
        return [_closed(each) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {name: _closed(value) for name, value in part.items() if name not in _LEFT_OUT and name != "properties"}
    if "properties" not in part:
        return kept
    kept["properties"] = {name: _closed(value) for name, value in part["properties"].items()}
    if not part.get("x-kubernetes-preserve-unknown-fields"):
        kept.setdefault("additionalProperties", False)
    return kept


if __name__ == "__main__":
    documents = [each for each in yaml.safe_load_all(sys.stdin) if each]
    sys.stdout.write(json.dumps(strict(documents[0], sys.argv[1]), sort_keys=True, separators=(",", ":")) + "\n")
