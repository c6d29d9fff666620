"""Runs one service as a process: JSON logs, uvicorn, and a stop that drains first."""

from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from services.chassis import logs
from services.chassis.settings import ServiceSettings


def run(name: str, app: Callable[[], FastAPI], settings: ServiceSettings) -> None:
    """Serve until SIGTERM or SIGINT."""
    logs.configure(name, settings.log_level)
    uvicorn.run(
        app,
        factory=True,
        host=settings.http.host,
        port=settings.http.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
        server_header=False,
    )
