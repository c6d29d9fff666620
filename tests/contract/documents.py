"""The services' applications as the contract's tests look at them: built, never started."""

import importlib
import json
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
SERVICES = ("agreements", "notifications", "tasks")


def app_of(name):
    settings = importlib.import_module(f"services.{name}.settings").Settings.model_construct()
    return importlib.import_module(f"services.{name}.app").create(settings)


def service_of(name):
    return importlib.import_module(f"services.{name}.app").SERVICE


def kept(name, kind):
    """Return a document as it is kept in the repository."""
    path = ROOT / "deploy" / "docs" / "api" / f"{name}.{kind}.json"
    return json.loads(path.read_text(encoding="utf-8"))


async def served(name, path):
    """Return what a service answers that is not connected to anything."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app_of(name)), base_url="http://service") as client:
        return await client.get(path)


def operations(document):
    """Return path, method and operation of each."""
    return [(path, method, each) for path, item in document["paths"].items() for method, each in item.items()]
