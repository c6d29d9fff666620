"""Which lines of the documents are run beside the campaign, and of each other line who tries it or why nobody does."""

import shlex
from pathlib import Path

from tests.docs.commands import RUNBOOK, section, shell_lines
from tests.stack import REPOSITORY

PAGES = [
    REPOSITORY / "README.md",
    *sorted((REPOSITORY / "deploy/docs").glob("*.md")),
    REPOSITORY / "deploy/k8s/README.md",
]
_INTEGRATING = "tests/docs/test_integrating.py"
_OPERATIONS = "tests/integration/operations/test_status_command.py"
_MANIFESTS = "tests/deployment/test_kubernetes.py"
#: Lines that are not run beside the campaign, by how they begin: the file that tries them, or else why none does.
ELSEWHERE = {
    "klarmeld up --secure": "tests/e2e/test_up_secure.py",
    "klarmeld status --watch": _OPERATIONS,
    "klarmeld events tail": "tests/integration/log/test_log_commands.py",
    "klarmeld events publish event.json": _INTEGRATING,
    "klarmeld contracts generate": "tests/contract/test_openapi.py",
    "curl ": _INTEGRATING,
    "kubectl kustomize": _MANIFESTS,
    "kubectl apply": "no cluster is here; what it would apply is rendered and judged",
    "make run": "tests/e2e/test_run.py",
    "make test": "it is what runs this",
    "make check": "it is run with every change, and not by a test",
    "make bench": "tests/unit/test_benchmark_figures.py",
    ". .venv": "it changes the shell alone",
}


def lines(page: Path) -> list[str]:
    """Return each line of a page's shell blocks as a reader would copy it, without what only goes on with one."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    if page == RUNBOOK:
        text = text.replace(section(RUNBOOK, "Drills"), "")  # tests/faults/test_drills.py does all of them
    return [line for line in shell_lines(text) if line and not line.startswith("#")]


def every_line() -> list[str]:
    return [line for page in PAGES for line in lines(page)]


def elsewhere(line: str) -> str | None:
    """Return how a line begins that is not run beside the campaign; None where it is."""
    return next((begins for begins in ELSEWHERE if line.startswith(begins)), None)


def beside_the_campaign() -> list[tuple[str, ...]]:
    """Return the words after `klarmeld` of each line that is run there, once; its reason makes no other line of it."""
    own = [line for line in every_line() if elsewhere(line) is None]
    words = [tuple(shlex.split(line, comments=True)[1:]) for line in own]
    return list({_without_reason(each): each for each in words}.values())


def _without_reason(words: tuple[str, ...]) -> tuple[str, ...]:
    at = words.index("--why") if "--why" in words else len(words)
    return words[:at] + words[at + 2 :]
