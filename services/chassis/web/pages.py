"""What a service says about itself: OpenAPI and AsyncAPI, as JSON and as pages that load nothing from elsewhere."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from services.chassis.web.asyncapi_page import asyncapi_page

STATIC = Path(__file__).parents[1] / "static"
#: Scripts and styles come from this service alone; Swagger UI draws its icons as data.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


#: Makes a document, once it is asked for.
Make = Callable[[], dict[str, Any]]


def add_pages(app: FastAPI, *, requests: Make, events: Make) -> None:
    """Add to `app` the documents that `requests` (OpenAPI) and `events` (AsyncAPI) make, and their pages."""
    app.include_router(_documents(app.title, cache(requests), cache(events)))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")


def _documents(title: str, requests: Make, events: Make) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/openapi.json")
    async def openapi_json() -> JSONResponse:
        return JSONResponse(requests())

    @router.get("/docs")
    async def docs() -> HTMLResponse:
        return HTMLResponse(_DOCS.replace("{title}", title), headers=_HEADERS)

    @router.get("/asyncapi.json")
    async def asyncapi_json() -> JSONResponse:
        return JSONResponse(events())

    @router.get("/asyncapi")
    async def asyncapi_html() -> HTMLResponse:
        return HTMLResponse(asyncapi_page(events(), style="static/asyncapi.css"), headers=_HEADERS)

    return router


_DOCS = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: HTTP API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="static/swagger-ui.css">
<link rel="stylesheet" href="static/docs.css">
</head>
<body>
<div id="swagger-ui"></div>
<noscript>This page needs JavaScript; the same is in <a href="openapi.json">openapi.json</a>.</noscript>
<script src="static/swagger-ui-bundle.js"></script>
<script src="static/docs.js"></script>
</body>
</html>
"""
