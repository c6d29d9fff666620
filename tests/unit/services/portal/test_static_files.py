"""The files that pages load: what was taken from elsewhere is as it was, and addresses change with the content."""

import hashlib
import re
import tomllib

import httpx
import pytest
from fastapi import FastAPI

from services.chassis.web import problem
from services.portal.static_files import STATIC, edition, files, static, static_routes

DKFDS = STATIC / "dkfds"


def test_what_was_taken_from_elsewhere_is_as_it_was():
    said = tomllib.loads((DKFDS / "vendored.toml").read_text("utf-8"))["sha256"]
    there = {path.relative_to(DKFDS).as_posix(): path for path in DKFDS.rglob("*") if path.is_file()}
    there.pop("vendored.toml")
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in there.items()} == said


def test_the_licences_stand_beside_what_they_are_for():
    assert "MIT license" in (DKFDS / "LICENSE.md").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE" in (DKFDS / "fonts/IBMPlexSans/complete/woff2/license.txt").read_text("utf-8")


def test_our_own_style_and_script_load_nothing_from_elsewhere():
    for name in ("portal.css", "overblik.css", "drift.css", "live.js"):
        assert re.findall(rb"https?://|//[a-z]|@import|data:", files()[name].content) == []


def test_every_icon_that_a_page_names_is_in_the_one_file_of_icons():
    known = set(re.findall(r'symbol id="([^"]+)"', (DKFDS / "img/all-svg-icons.svg").read_text("utf-8")))
    templates = (STATIC.parent / "templates").rglob("*.html")
    named = {icon for path in templates for icon in re.findall(r"'([a-z-]+)'\|icon\b", path.read_text("utf-8"))}
    assert named
    assert named <= known


def test_an_address_names_the_edition():
    assert static("portal.css") == f"/static/{edition()}/portal.css"


def test_no_page_can_name_a_file_that_is_not_there():
    with pytest.raises(KeyError):
        static("no-such.css")


@pytest.mark.parametrize("name", ["", "..%2fsettings.py", "%2e%2e/settings.py", "dkfds", "dkfds/", "no-such.css"])
async def test_no_folder_is_listed_and_no_file_outside_is_handed_out(name: str):
    app = FastAPI()
    problem.install(app)
    app.include_router(static_routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal") as client:
        asked = await client.get(f"/static/{edition()}/{name}")

    assert asked.status_code == httpx.codes.NOT_FOUND
