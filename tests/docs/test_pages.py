"""The documents lead where they say: links, tests and commands of the repository that are there."""

import re
from pathlib import Path

import pytest
from typer._click.exceptions import ClickException
from typer.core import TyperGroup
from typer.main import get_command

from deploy.cli.command import app
from tests.docs.commands import every_command, section
from tests.stack import REPOSITORY

_PLACES = (REPOSITORY / "deploy", REPOSITORY / "services")
_FOUND = [*REPOSITORY.glob("*.md"), *(page for place in _PLACES for page in place.rglob("*.md"))]
#: What was taken from elsewhere is as it came.
PAGES = sorted(page for page in _FOUND if "static" not in page.parts)
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_link_leads_somewhere(page: Path):
    links = [link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link]

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_test_that_a_page_names_is_there(page: Path):
    named = TEST.findall(page.read_text("utf-8"))

    assert [(file, name) for file, name in named if not is_there(REPOSITORY / file, name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_command_of_a_page_is_one_of_klarmeld_and_takes_these_options(page: Path):
    assert [words for words in every_command(page) if not is_understood(words)] == []


def test_every_threat_names_a_test():
    threats = section(REPOSITORY / "deploy/docs/security.md", "Threats and controls")
    rows = [line for line in threats.splitlines() if line.startswith("| ")][1:]

    assert rows
    assert [row for row in rows if not TEST.search(row)] == []


@pytest.mark.parametrize("words", [["no-such-verb"], ["verify", "--no-such-option"], ["verify"]])
def test_a_command_that_klarmeld_does_not_know_is_noticed(words: list[str]):
    assert not is_understood(words)


def is_there(file: Path, name: str) -> bool:
    return file.is_file() and (not name or re.search(rf"def {name}\(", file.read_text("utf-8")) is not None)


def is_understood(words: list[str]) -> bool:
    """Whether `klarmeld` has this verb and takes these options; nothing is run."""
    command, name, context = get_command(app), "klarmeld", None
    try:
        while isinstance(command, TyperGroup):
            context = command.make_context(name, [*words], parent=context)
            name, command, words = command.resolve_command(context, [*context._protected_args, *context.args])
        command.make_context(name, [*words], parent=context)
    except ClickException:
        return False
    return True
