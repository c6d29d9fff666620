"""The runbook's drills are all tried, and their commands are found as a reader would copy them."""

import re
from pathlib import Path

import pytest

from tests.docs.commands import RUNBOOK, Command, blocks, section
from tests.stack import REPOSITORY

DOCUMENT = """# A page
## First
```sh
klarmeld verify tasks  # ends with 1
ls
klarmeld rebuild tasks --why "two words"
```
Words.
```sh
klarmeld verify tasks
```
## Second
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(DOCUMENT, encoding="utf-8")
    return path


def test_commands_are_taken_block_by_block_with_how_they_end(document: Path):
    assert blocks(document, "First") == [
        [Command(("verify", "tasks"), 1), Command(("rebuild", "tasks", "--why", "two words"), 0)],
        [Command(("verify", "tasks"), 0)],
    ]


@pytest.mark.parametrize("heading", ["Second", "Third"])
def test_a_heading_without_commands_is_not_passed_over(document: Path, heading: str):
    with pytest.raises(LookupError, match=heading):
        blocks(document, heading)


def test_every_drill_of_the_runbook_is_tried():
    drills = re.findall(r"^### (.+)$", section(RUNBOOK, "Drills"), re.MULTILINE)
    tried = (REPOSITORY / "tests/faults/test_drills.py").read_text("utf-8")
    assert drills
    assert [each for each in drills if f'operator.opens("{each}")' not in tried] == []
