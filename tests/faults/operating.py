"""A trial's service as operations see it."""

from services.chassis import clock
from services.chassis.settings import KafkaSettings, MongoSettings
from services.chassis.shares import EVERYTHING, Asked, Selection
from services.chassis.target import Target
from services.chassis.verify import Report, verify
from tests.faults.trial import Trial


def target_of(trial: Trial) -> Target:
    return Target(
        name=trial.name,
        group=trial.group,
        derive=trial.service.derive,
        topics=[str(each) for each in trial.service.reads],
        kafka=KafkaSettings(bootstrap=trial.stack.bootstrap),
        mongo=MongoSettings(uri=trial.stack.mongo_uri),
        database=trial.database,
    )


async def verified(trial: Trial, selection: Selection = EVERYTHING) -> Report:
    return await verify(target_of(trial), Asked(clock.now_ms(), selection), tell=in_silence)


def in_silence(what: str, done: int, total: int) -> None:
    """Tell nobody."""
