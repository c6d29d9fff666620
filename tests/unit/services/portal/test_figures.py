"""Goal and result on Overblik: whole percents of what the services tell, each rounded once."""

import re

import pytest

from services.portal.overblik.routes import overview_pages
from services.portal.rendering import Pages
from tests.told_pages import ToldBackend, client_of


@pytest.mark.parametrize(
    ("oriented", "applicable", "shown"),
    [(5, 11, "45 %"), (6, 11, "55 %"), (2, 3, "67 %"), (0, 3, "0 %"), (3, 3, "100 %"), (0, 0, "–")],
)
async def test_a_percentage_is_rounded_once(oriented: int, applicable: int, shown: str):
    percent = round(100 * oriented / applicable, 1) if applicable else None
    figures = {
        "applicable": applicable, "oriented": oriented, "receiving": 0, "goal_percent": percent,
        "result_percent": percent, "batches": [], "not_invited": [], "ean_conflicts": [],
    }  # fmt: skip
    said = {"/rollouts/r": {"rollup": figures}, "/rollouts/r/municipalities": {"items": []}}
    pages = overview_pages(ToldBackend(said), Pages(local=False, sample_data=False), "r")

    async with client_of(pages, "koordinator") as browser:
        told = await browser.get("/overblik")

    assert re.findall(r'class="kl-number"><strong>(.*?)</strong>', told.text)[0] == shown
