"""The services as child processes: their settings by environment, their logs in files, ready when /readyz says so."""

import sys
from collections.abc import Mapping

from deploy.local.children import Child, Recipe
from deploy.local.ports import HOST
from deploy.local.probes import answers_ok
from deploy.local.stack import Stack


def service(name: str, stack: Stack, *, port: int, settings: Mapping[str, str]) -> Child:
    """Return `python -m services.<name>` on `port`, to be started; `settings` are KLARMELD_… variables of its own."""
    where = {
        "KLARMELD_KAFKA__BOOTSTRAP": stack.bootstrap,
        "KLARMELD_MONGO__URI": stack.mongo_uri,
        "KLARMELD_HTTP__HOST": HOST,
        "KLARMELD_HTTP__PORT": str(port),
    }
    recipe = Recipe(
        name=name,
        argv=(sys.executable, "-m", f"services.{name}"),
        env={**stack.environ, **where, **settings},
        ports={name: port},
        log=stack.directory.log(name),
        record=stack.directory.record(name),
        ready=lambda: answers_ok(port, "/readyz"),
        stop_within=10,
    )
    return Child(recipe)
