"""Whether an existing Kafka or MongoDB that the settings point at can be used, before anything is started on it."""

import asyncio

from pymongo.errors import ConfigurationError, PyMongoError

from deploy.cli.errors import UnreachableError, UsageError
from deploy.cli.place import Place, servers_of
from deploy.producer import LogAwayError, connected
from services.chassis.projection.mongo_client import connect
from services.chassis.settings import KafkaConnection

_ANSWER_S = 10


async def require_existing(place: Place) -> None:
    """Raise UnreachableError, with the setting to look at, for what is pointed at but does not answer."""
    if place.kafka is not None:
        await _require_kafka(place.log)
    if place.mongo is not None:
        await _require_replica_set(place.mongo)


async def _require_kafka(kafka: KafkaConnection) -> None:
    try:
        async with asyncio.timeout(_ANSWER_S), connected(kafka):
            return
    except (LogAwayError, TimeoutError):
        raise UnreachableError(
            f"Kafka at {kafka.bootstrap} can't be reached.", remedy="Mend or unset KLARMELD_KAFKA__BOOTSTRAP."
        ) from None


async def _require_replica_set(uri: str) -> None:
    """Look for a replica set, without which there are no durable writes and no change streams."""
    remedy = "Mend or unset KLARMELD_MONGO__URI."
    try:
        async with connect(uri, timeout_s=_ANSWER_S) as client:
            hello = await client.admin.command("hello")
    except ConfigurationError as error:
        raise UsageError(f"KLARMELD_MONGO__URI is no URI of MongoDB: {error}.") from None
    except PyMongoError:
        raise UnreachableError(f"MongoDB at {servers_of(uri)} can't be reached.", remedy=remedy) from None
    if "setName" not in hello:
        raise UsageError("The MongoDB of KLARMELD_MONGO__URI is no replica set.", remedy="Start it with --replSet.")
