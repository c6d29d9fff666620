"""Runs one service as a process: JSON logs, uvicorn, and a stop that drains first."""

import gc
import logging
import os
import signal
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from services.chassis import logs, tracing
from services.chassis.settings import ProcessSettings

#: Exit code of a process that could not begin to serve.
NOT_STARTED = 3


class Server(uvicorn.Server):
    """Ends the live streams as soon as it is told to stop: uvicorn waits for open answers before anything else."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        """Begin to stop. uvicorn's own would raise the signal once more at the end, and no stop would exit with 0."""
        self._app.state.parts.close()
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def run(name: str, create: Callable[[], FastAPI], settings: ProcessSettings) -> None:
    """Serve until SIGTERM or SIGINT; the application is drained before the process ends."""
    logs.configure(name, settings.log_level)
    tracing.configure(name, settings.tracing)
    app = create()
    _settle_memory()
    server = Server(served(app, settings), app)
    server.run()
    tracing.finish()
    logging.shutdown()
    # A thread may still wait for a database that hangs, and Python would wait for it; all that matters is done.
    os._exit(0 if server.started else NOT_STARTED)


def served(app: FastAPI, settings: ProcessSettings) -> uvicorn.Config:
    """Return how `app` is served: no header of a proxy says who asks or how, and none of ours says what answers."""
    return uvicorn.Config(
        app,
        host=settings.http.host,
        port=settings.http.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
        server_header=False,
        proxy_headers=False,
    )


def _settle_memory() -> None:
    """Keep what is loaded by now out of every later collection, and collect less often: facts make no cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
