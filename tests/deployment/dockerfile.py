"""The image's file, read step by step, and what its steps make where there is no engine to build an image."""

import fnmatch
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.stack import REPOSITORY

DOCKERFILE = REPOSITORY / "deploy" / "Dockerfile"
#: Where the image has what is installed, and where it is put here instead.
INSTALLED = "/opt/klarmeld"
Step = tuple[str, str]


def steps() -> list[Step]:
    joined = DOCKERFILE.read_text().replace("\\\n", " ")
    lines = [line.strip() for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    return [(word.upper(), rest) for word, _, rest in (line.partition(" ") for line in lines)]


def stages() -> list[list[Step]]:
    """Return the steps of each stage, the one that is shipped last."""
    found: list[list[Step]] = []
    for step in steps():
        if step[0] == "FROM":
            found.append([])
        found[-1].append(step)
    return found


def of(steps: list[Step], word: str) -> str:
    """Return what the one step of this word says."""
    (rest,) = [rest for each, rest in steps if each == word]
    return rest


def words(step: str) -> list[str]:
    """Return the words of a command that no shell reads."""
    found: list[str] = json.loads(step[step.index("[") :])
    return found


def variables(step: str) -> dict[str, str]:
    return dict(each.split("=", 1) for each in step.split())


def build(root: Path) -> Path:
    """Carry out the first stage's steps below `root`, each as it stands; return where everything was installed."""
    source, installed = root / "source", root / "installed"
    source.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    for word, rest in stages()[0]:
        if word == "COPY":
            *sources, _ = rest.split()
            for each in sources:
                _copy(each, source)
        if word == "RUN":
            command = [each.replace(INSTALLED, str(installed)) for each in words(rest)]
            command[0] = sys.executable if command[0] == "python" else command[0]
            subprocess.run(command, cwd=source, env=environment, check=True, capture_output=True, timeout=600)
    return installed


def _copy(name: str, to: Path) -> None:
    """Copy what git has of `name`, as a builder gets it by .dockerignore."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", name]
    files = subprocess.run(listed, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout.split("\0")
    for file in filter(None, files):
        if not ignored(file) and (REPOSITORY / file).is_file():
            (to / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / file, to / file)


def ignored(file: str) -> bool:
    """Whether a file stays away from the builder."""
    lines = (REPOSITORY / ".dockerignore").read_text().splitlines()
    allowed = {line[1:] for line in lines if line.startswith("!")}
    again = [line for line in lines if line.startswith("**/")]
    parts = Path(file).parts
    return parts[0] not in allowed or any(fnmatch.fnmatch(part, line[3:]) for part in parts for line in again)
