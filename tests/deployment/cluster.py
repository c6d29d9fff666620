"""The Kubernetes manifests as kustomize renders them, and how a resource is found among them."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
import yaml

from deploy.fleet import FLEET, PORTAL
from tests.stack import REPOSITORY, parts

K8S = REPOSITORY / "deploy" / "k8s"
OVERLAYS = ("dev", "prod")
NAMES = (*[each.name for each in FLEET], PORTAL)
#: Set where none of these tests may be left out.
NEEDED = "KLARMELD_KUSTOMIZE"
Resource = dict[str, Any]


def rendered(overlay: str) -> list[Resource]:
    """Return every resource of an overlay, anew each time, so that a test may change them."""
    return deepcopy(_rendered(overlay))


@cache
def _rendered(overlay: str) -> list[Resource]:
    said = subprocess.run(
        [*_tool(), str(K8S / "overlays" / overlay)], capture_output=True, text=True, timeout=60, check=False
    )
    assert said.returncode == 0, said.stderr
    return [each for each in yaml.safe_load_all(said.stdout) if each]


def _tool() -> tuple[str, ...]:
    path = f"{os.environ['PATH']}{os.pathsep}{parts() / 'kustomize'}"
    if kustomize := shutil.which("kustomize", path=path):
        return kustomize, "build"
    if kubectl := shutil.which("kubectl"):
        return kubectl, "kustomize"
    if os.environ.get(NEEDED):
        pytest.fail("neither kustomize nor kubectl is here, and the manifests have to be checked")
    pytest.skip("NEITHER kustomize NOR kubectl IS HERE: the manifests are NOT checked; `make kustomize` fetches it")


def of(resources: Iterable[Resource], kind: str) -> list[Resource]:
    return [each for each in resources if each["kind"] == kind]


def named(resources: Iterable[Resource], kind: str, name: str) -> Resource:
    (found,) = [each for each in of(resources, kind) if each["metadata"]["name"] == name]
    return found


def pods(resources: Iterable[Resource]) -> list[Resource]:
    found = [each["spec"]["template"]["spec"] for each in of(resources, "Deployment")]
    assert len(found) == len(NAMES)
    return found


def containers(resources: Iterable[Resource]) -> list[Resource]:
    """Return the one container of each pod."""
    found: list[Resource] = []
    for pod in pods(resources):
        (only,) = pod["containers"]
        found.append(only)
    return found
