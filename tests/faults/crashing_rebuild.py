"""`python -m tests.faults.crashing_rebuild NAME GROUP DATABASE BOOTSTRAP MONGO MOMENT` dies of SIGKILL at MOMENT."""

import asyncio
import sys
from importlib import import_module

from contracts.instants import fixed
from services.chassis import clock
from services.chassis.projection.journal import Signature
from services.chassis.projection.target import Target
from services.chassis.replay.rebuild import rebuild
from services.chassis.replay.shares import Asked
from services.chassis.settings import KafkaSettings, MongoSettings
from tests.faults.disturbed_service import crash


def main(name: str, group: str, database: str, bootstrap: str, mongo: str, moment: str) -> None:  # noqa: PLR0917
    """Rebuild the service `name`."""
    service = import_module(f"services.{name}.app").SERVICE
    target = Target(
        name=name,
        group=group,
        derive=service.derive,
        topics=[str(each) for each in service.reads],
        kafka=KafkaSettings(bootstrap=bootstrap),
        mongo=MongoSettings(uri=mongo),
        database=database,
    )
    signature = Signature("somebody", "a crash", fixed(clock.now()))
    asked = Asked(clock.now_ms())
    asyncio.run(rebuild(target, asked, signature, tell=lambda *_: None, moment=crash(moment, 1)))


if __name__ == "__main__":
    main(*sys.argv[1:])
