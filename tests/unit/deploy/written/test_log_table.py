"""Each line of a log is told with its level, what it says besides, and where it comes from."""

from pathlib import Path

import pytest

from deploy.written.log_table import Line, lines_of, log_table
from tests.stack import REPOSITORY

MODULE = """
def work(log):
    log.info("began", kind="x", client=1)
    log.warning("held_up")
    log.exception("failed", kind="x")
    log.error("erred", kind="x", exc_info=fault)
    log.info("counted", **counts)
    other.info("not ours")
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "module.py"
    path.write_text(MODULE, encoding="utf-8")
    return path


def test_every_line_is_found_with_what_it_says(module: Path, tmp_path: Path):
    assert list(lines_of(module, tmp_path)) == [
        Line("began", "info", ("kind", "client"), "module.py"),
        Line("held_up", "warning", (), "module.py"),
        Line("failed", "error", ("kind", "exception"), "module.py"),
        Line("erred", "error", ("kind", "exception"), "module.py"),
        Line("counted", "info", ("…",), "module.py"),
    ]


def test_a_line_that_no_text_names_is_not_passed_over(module: Path, tmp_path: Path):
    module.write_text("log.info(event)", encoding="utf-8")

    with pytest.raises(ValueError, match=r"module\.py:1"):
        list(lines_of(module, tmp_path))


def test_the_page_tells_of_refusals_and_of_no_path():
    page = log_table(REPOSITORY / "services")

    assert "| `access_refused` | info | `method`, `route`, `why` | `services/chassis/web/access.py` |" in page
    assert "`path`" not in page
    assert "`address`" not in page
