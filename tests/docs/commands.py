"""The commands of a document: those that stand in the shell blocks under one heading, as a reader would copy them."""

import re
import shlex
from pathlib import Path
from typing import NamedTuple

from tests.stack import REPOSITORY

RUNBOOK = REPOSITORY / "deploy/docs/runbook.md"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ANY_BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_ENDS = re.compile(r"# ends with (\d+)")


class Command(NamedTuple):
    """One line of a shell block: its words after `klarmeld`, and the exit code that its comment promises, else 0."""

    words: tuple[str, ...]
    ends_with: int


def section(document: Path, heading: str) -> str:
    """Return the text under a heading, up to the next one of its level or higher; LookupError where there is none."""
    found = re.search(rf"^(#+) {re.escape(heading)}\n", text := document.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise LookupError(f"{document.name} has no heading {heading!r}")
    after = text[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", after, re.MULTILINE)
    return after[: end.start()] if end else after


def blocks(document: Path, heading: str) -> list[list[Command]]:
    """Return the `klarmeld` commands under a heading, block by block; LookupError where there is none."""
    found = [[_command(line) for line in _lines(block)] for block in _BLOCK.findall(section(document, heading))]
    if not any(found):
        raise LookupError(f"{document.name} has no command under {heading!r}")
    return [block for block in found if block]


def every_command(document: Path) -> list[list[str]]:
    """Return the words after `klarmeld` of every command in a document's shell blocks, wherever they stand."""
    lines = shell_lines(document.read_text(encoding="utf-8"))
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("klarmeld ")]


def shell_lines(text: str) -> list[str]:
    """Return every line of the shell blocks of a document's text."""
    return [line.strip() for block in _ANY_BLOCK.findall(text) for line in block.splitlines()]


def _lines(block: str) -> list[str]:
    return [line for line in block.splitlines() if line.startswith("klarmeld ")]


def _command(line: str) -> Command:
    promised = _ENDS.search(line)
    return Command(tuple(shlex.split(line, comments=True)[1:]), int(promised[1]) if promised else 0)
