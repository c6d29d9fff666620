"""Runs one service as a process: JSON logs, uvicorn, and a stop that drains first."""

from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from services.chassis import logs
from services.chassis.settings import ServiceSettings


class Server(uvicorn.Server):
    """Ends the live streams as soon as it is told to stop: uvicorn waits for open answers before anything else."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._app.state.parts.close()
        super().handle_exit(sig, frame)


def run(name: str, create: Callable[[], FastAPI], settings: ServiceSettings) -> None:
    """Serve until SIGTERM or SIGINT; the application is drained before the process ends."""
    logs.configure(name, settings.log_level)
    app = create()
    config = uvicorn.Config(
        app,
        host=settings.http.host,
        port=settings.http.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
        server_header=False,
    )
    Server(config, app).run()
