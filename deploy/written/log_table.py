"""Every line that services and portal write into their logs, as a table for people, from the code that writes it."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

_HEAD = """# Lines of the log

Generated from the code by `klarmeld contracts generate`; a check fails when it is not what the code says.

Services and the portal write one JSON object a line to standard output.
Each has `time` (UTC), `level`, `logger`, `service` and `event`; `trace_id` and `span_id` too where a trace is followed.
What a line says besides stands below.
None holds a body, a name, an address or a token: `tests/integration/observed/test_canary.py` looks at the level DEBUG.
Libraries write warnings and worse in the same form.
"""
_TITLES = "| `event` | Level | Says besides | From |\n| --- | --- | --- | --- |\n"
_LEVELS = {"debug": "debug", "info": "info", "warning": "warning", "error": "error", "exception": "error"}
#: What is said of an error goes into the line's `exception`.
_TRACEBACK = "exc_info"


class Line(NamedTuple):
    """One kind of line: its event, its level, what it says besides, and which module writes it."""

    event: str
    level: str
    says: tuple[str, ...]
    module: str


def log_table(root: Path) -> str:
    """Return the page of every line that the modules below `root` write."""
    rows = sorted(line for path in sorted(root.rglob("*.py")) for line in lines_of(path, root.parent))
    return f"{_HEAD}\n{_TITLES}" + "".join(map(_row, rows))


def lines_of(path: Path, root: Path) -> Iterator[Line]:
    """Return the lines that one module writes; ValueError where a line is not named by a text."""
    for call in _calls(ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
        if not (call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)):
            raise ValueError(f"{path}:{call.lineno} writes a line that no text names")
        assert isinstance(call.func, ast.Attribute)  # noqa: S101  as `_calls` found it
        says = [each.arg or "…" for each in call.keywords if each.arg != _TRACEBACK]
        traced = call.func.attr == "exception" or len(says) < len(call.keywords)
        told = (*says, "exception") if traced else tuple(says)
        yield Line(call.args[0].value, _LEVELS[call.func.attr], told, str(path.relative_to(root)))


def _calls(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=level)) if level in _LEVELS:
                yield node


def _row(line: Line) -> str:
    says = ", ".join(f"`{each}`" for each in line.says)
    return f"| `{line.event}` | {line.level} | {says} | `{line.module}` |\n"
