"""Overblik when every text that a service tells of municipalities is hostile: it is shown, and is never markup."""

import csv
import io

import pytest
from fastapi import APIRouter

from services.portal.catalogue import Language
from services.portal.overblik.routes import overview_pages
from services.portal.rendering import Pages
from tests.told_pages import ESCAPED, HOSTILE, ToldBackend, client_of, faults

AT = "2026-11-20T09:42:00Z"
OF_NOBODY = {"actor": "eg", "action": HOSTILE, "role": HOSTILE, "since": AT}
TRACKS = {
    "orientation": HOSTILE, "agreement": HOSTILE, "forwarding": HOSTILE, "task": HOSTILE,
    "information": {"guidance": HOSTILE, "webinar": HOSTILE},
}  # fmt: skip
#: A name is one of our own list, and turns no writing.
NAME = HOSTILE.replace("\u202e", "")
ROW = {
    "municipality": "0630", "name": NAME, "region": HOSTILE, "stage": "blocked", "since": AT,
    "turn": {"primary": OF_NOBODY}, "oriented": True, "receiving": False, "tracks": TRACKS, "anomalies": [HOSTILE],
}  # fmt: skip
BATCH = {"batch_id": HOSTILE, "dispatched": AT, "roster": 2, "missing": ["0630"], "extra": [], "late": ["0657"]}
FIGURES = {
    "applicable": 2, "oriented": 1, "receiving": 0, "goal_percent": 50.0, "result_percent": 0.0, "batches": [BATCH],
    "not_invited": ["0630"], "ean_conflicts": [{"ean": HOSTILE, "municipalities": ["0630", "0657"]}],
}  # fmt: skip
ROWS = [{**ROW, "municipality": code} for code in ("0630", "0657")]
SAID = {"/rollouts/r": {"rollup": FIGURES}, "/rollouts/r/municipalities": {"items": ROWS}}
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def overview(said: dict = SAID) -> APIRouter:
    return overview_pages(ToldBackend(said), Pages(local=False, sample_data=False), "r")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("path", "times"), [("/overblik", 4), ("/overblik/bevis", 2), (f"/overblik?q={HOSTILE[:60].replace('&', '')}", 4)]
)
async def test_hostile_text_in_every_field_is_shown_as_text(path, times, language):
    async with client_of(overview(), "koordinator") as browser:
        browser.cookies.set("sprog", language)
        told = await browser.get(path)

    assert f'<html lang="{language}"' in told.text
    assert told.text.count(ESCAPED) >= times
    assert list(faults(told.text)) == []


@pytest.mark.parametrize("start", ["", *FORMULAS, 'a";\r\n'])
async def test_a_cell_holds_hostile_text_whole_and_is_never_a_formula_or_another_row(start):
    row = {**ROW, "name": start + HOSTILE, "anomalies": [start + HOSTILE]}
    said = {**SAID, "/rollouts/r/municipalities": {"items": [row]}}
    async with client_of(overview(said), "koordinator") as browser:
        told = await browser.get("/overblik.csv")

    header, cells = csv.reader(io.StringIO(told.content.decode("utf-8-sig"), newline=""), delimiter=";")
    found = dict(zip(header, cells, strict=True))
    assert found["kommune"].removeprefix("'") == start + HOSTILE
    assert found["anomalies"].removeprefix("'") == start + HOSTILE
    assert not [cell for cell in cells if cell.startswith(FORMULAS)]
    assert told.headers["content-type"] == "text/csv; charset=utf-8"
