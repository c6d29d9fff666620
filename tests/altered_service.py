"""A service as a process, like its own entry point, after something in it has been altered."""

from importlib import import_module
from typing import Any

from services.chassis.process import run


def serve(name: str, **more: Any) -> None:
    """Serve `name`; `more` is given to what creates its application."""
    app = import_module(f"services.{name}.app")
    settings = import_module(f"services.{name}.settings").Settings()
    run(name, lambda: app.create(settings, **more), settings)
