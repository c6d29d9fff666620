"""The image: what its file promises, and that everything which the package needs at run time would be in it."""

import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.deployment.dockerfile import DOCKERFILE, stages, steps
from tests.stack import REPOSITORY

COLLECTOR = REPOSITORY / "deploy" / "collector" / "Dockerfile"
#: Kinds of files that are for people or for other tools, and that no running code opens.
FOR_READERS = {".md", ".yaml", ".puml", ".svg", ".pyc"}


@pytest.mark.parametrize("file", [DOCKERFILE, COLLECTOR], ids=["klarmeld", "collector"])
def test_the_linter_of_dockerfiles_finds_nothing(file: Path):
    linter = Path(sys.executable).with_name("hadolint")

    said = subprocess.run([linter, file], capture_output=True, text=True, check=False)

    assert (said.returncode, said.stdout) == (0, "")


def test_dependencies_come_from_the_lock_with_their_hashes_and_from_nowhere_else():
    installing = [rest for word, rest in steps() if word == "RUN" and '"install"' in rest]

    assert len(installing) == 2
    locked, own = installing
    assert '"--require-hashes", "--no-deps", "--requirement", "requirements/run.txt"' in locked
    assert '"--no-deps", "--no-build-isolation", "."' in own


def test_it_runs_as_nobody_in_particular_writes_nothing_and_needs_no_shell():
    found = dict(stages()[-1])

    assert found["USER"] == "10001:10001"
    assert "PYTHONDONTWRITEBYTECODE=1" in found["ENV"]
    assert found["ENTRYPOINT"].startswith("[")
    assert found["CMD"].startswith("[")
    assert 'CMD ["python"' in found["HEALTHCHECK"]
    assert not [rest for word, rest in steps() if word == "RUN" and not rest.startswith("[")]
    assert {"title", "description", "documentation"} <= set(re.findall(r"image\.(\w+)=", found["LABEL"]))


def test_nothing_goes_to_the_builder_but_what_is_named():
    lines = (REPOSITORY / ".dockerignore").read_text().splitlines()

    assert "*" in lines
    allowed = {line[1:] for line in lines if line.startswith("!")}
    copied = {source for word, rest in steps() if word == "COPY" and "--from" not in rest for source in _of(rest)}
    assert {each.split("/")[0] for each in copied} <= allowed


def _of(rest: str) -> list[str]:
    return rest.split()[:-1]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files of the wheel that the image installs."""
    target = tmp_path_factory.mktemp("wheel")
    build = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(target), "."]
    subprocess.run([sys.executable, *build], cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = target.glob("*.whl")
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("package", ["contracts", "services", "deploy"])
def test_every_file_that_running_code_opens_is_packed(packed: set[str], package: str):
    kept = subprocess.run(["git", "ls-files", package], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    needed = {each for each in kept.stdout.splitlines() if Path(each).suffix not in FOR_READERS and _is_of_code(each)}

    assert needed - packed == set()


def _is_of_code(path: str) -> bool:
    """Whether a file lies beside code, unlike what only people, Docker, Prometheus or Grafana open."""
    elsewhere = (
        "deploy/docs/",
        "deploy/k8s/",
        "deploy/prometheus/",
        "deploy/dashboards/",
        "deploy/collector/",
        "contracts/schemas/released/",
    )
    return not path.startswith(elsewhere) and Path(path).name != "Dockerfile"
