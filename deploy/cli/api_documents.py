"""The OpenAPI and AsyncAPI documents of all services as files, made without starting one."""

import json
from functools import cache
from importlib import import_module
from typing import Any

from deploy.fleet import FLEET


@cache
def api_documents() -> dict[str, str]:
    """Return the documents by file name, `tasks.openapi.json` and so on, exactly as the services serve them."""
    return {
        f"{member.name}.{kind}.json": f"{json.dumps(made, ensure_ascii=False, indent=2)}\n"
        for member in FLEET
        for kind, made in _documents(member.name).items()
    }


def _documents(name: str) -> dict[str, dict[str, Any]]:
    """Return both documents of one service; its code is loaded only now, for it takes seconds."""
    app = import_module(f"services.{name}.app")
    settings = import_module(f"services.{name}.settings").Settings.model_construct()
    made = import_module("services.chassis.service")
    requests = made.requests_of(app.SERVICE, app.create(settings))
    return {"openapi": requests, "asyncapi": made.events_of(app.SERVICE)}
