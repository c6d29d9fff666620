"""The map of the chassis names each module once, by the sentence that the module opens with."""

import ast
import re
from pathlib import Path

from tests.stack import REPOSITORY

CHASSIS = REPOSITORY / "services/chassis"
ROW = re.compile(r"^\| `(.+\.py)` \| (.+) \|$", re.MULTILINE)


def test_every_module_stands_in_the_map_once_with_what_it_says_of_itself():
    told = ROW.findall((CHASSIS / "README.md").read_text("utf-8").partition("## Every module")[2])
    modules = [path for path in CHASSIS.rglob("*.py") if path.name != "__init__.py"]

    assert sorted(told) == sorted((str(path.relative_to(CHASSIS)), opening(path)) for path in modules)


def opening(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").splitlines()[0]
