"""A whole run keeps each part's figures at once: what fails is told and measured later, and takes nothing with it."""

import asyncio
import json
from argparse import Namespace
from pathlib import Path

import pytest

from tests.benchmarks import whole


async def fine(_given: Namespace) -> dict:
    return {"page_ms": 14.0}


async def broken(_given: Namespace) -> dict:
    raise TimeoutError("nobody answered")


@pytest.fixture(autouse=True)
def results(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(whole, "RESULTS", tmp_path / "results")
    return whole.RESULTS


def fresh(figures: Path | None = None) -> Namespace:
    return Namespace(figures=figures)


def test_a_part_that_fails_is_told_and_the_others_are_kept(results: Path, capsys: pytest.CaptureFixture[str]):
    parts = {"broken": broken, "page": fine}
    figures, kept = asyncio.run(whole.measure(fresh(), parts))
    assert figures["page_ms"] == 14.0
    assert list(results.iterdir()) == [kept]
    assert json.loads(kept.read_text(encoding="utf-8")) == figures
    assert whole.lacking(figures, parts) == ["broken"]
    assert "nobody answered" in capsys.readouterr().err


async def test_a_run_is_gone_on_with_where_it_stopped():
    _, kept = await whole.measure(fresh(), {"broken": broken, "page": fine})

    async def mended(_given: Namespace) -> dict:
        return {"waits": 1}

    figures, again = await whole.measure(fresh(kept), {"broken": mended, "page": broken})
    assert again == kept
    assert (figures["waits"], figures["page_ms"]) == (1, 14.0)
    assert whole.lacking(figures, ["broken", "page"]) == []


def test_a_run_of_which_nothing_is_noted_is_whole():
    assert whole.lacking({"page_ms": 14.0}, ["page"]) == []
