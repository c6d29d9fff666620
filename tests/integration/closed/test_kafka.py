"""What each principal may do on a closed broker: every cell is tried for real and held against the list."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    GroupCoordinatorNotAvailableError,
    KafkaError,
    TopicAuthorizationFailedError,
    for_code,
)
from aiokafka.protocol.admin import DeleteGroupsRequest
from aiokafka.protocol.group import HeartbeatRequest
from pydantic import SecretStr

from deploy.closed.kafka_access import GROUPS, REPLAYS, Operation, Resource, allows, grants
from deploy.closed.principals import SERVICES, Principal
from deploy.local.errors import LocalStackError
from deploy.local.kafka_closed import admin, granted
from deploy.local.stack import Stack
from services.chassis.log.kafka_client import reaching
from services.chassis.settings import KafkaConnection
from tests.integration.closed.conftest import TOPICS

REFUSED = (TopicAuthorizationFailedError, GroupAuthorizationFailedError, ClusterAuthorizationFailedError)
ANSWER_S = 30
GROUP_NAMES = (*[f"{GROUPS}{service}" for service in SERVICES], "another-group")


def as_user(stack: Stack, name: str) -> KafkaConnection:
    assert stack.secrets is not None
    known = admin(stack.secrets, stack.bootstrap)
    return known.model_copy(update={"username": name, "password": SecretStr(stack.secrets.passwords[name])})


@asynccontextmanager
async def _running(client: Any) -> AsyncIterator[Any]:
    try:
        await client.start()
        yield client
    finally:
        await (client.close() if isinstance(client, AIOKafkaAdminClient) else client.stop())


class Trier:
    """One principal's clients, and one attempt for each operation; an attempt says whether it was let."""

    def __init__(self, kafka: KafkaConnection) -> None:
        self._kafka = reaching(kafka)

    async def write(self, topic: str) -> bool:
        async def attempt() -> None:
            async with _running(AIOKafkaProducer(acks="all", **self._kafka)) as producer:
                await producer.send_and_wait(topic, b"no event", partition=0)

        return await _let(attempt)

    async def read(self, topic: str) -> bool:
        async def attempt() -> None:
            consumer = AIOKafkaConsumer(group_id=None, enable_auto_commit=False, **self._kafka)
            async with _running(consumer):
                place = TopicPartition(topic, 0)
                consumer.assign([place])
                consumer.seek(place, 0)
                async with asyncio.timeout(ANSWER_S):
                    while not await consumer.getmany(timeout_ms=200, max_records=1):
                        if topic in consumer._client.cluster.unauthorized_topics:
                            raise TopicAuthorizationFailedError(topic)

        return await _let(attempt)

    async def describe(self, topic: str) -> bool:
        async def attempt() -> None:
            async with _running(AIOKafkaAdminClient(**self._kafka)) as client:
                (told,) = await client.describe_topics([topic])
                _raise_for(told["error_code"])

        return await _let(attempt)

    async def alter(self, topic: str) -> bool:
        async def attempt() -> None:
            async with _running(AIOKafkaAdminClient(**self._kafka)) as client:
                await client.create_partitions({topic: NewPartitions(2)}, validate_only=True)

        return await _let(attempt)

    async def describe_configs(self, topic: str) -> bool:
        async def attempt() -> None:
            async with _running(AIOKafkaAdminClient(**self._kafka)) as client:
                (answer,) = await client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
                _raise_for(answer.resources[0][0])

        return await _let(attempt)

    async def alter_configs(self, topic: str) -> bool:
        async def attempt() -> None:
            change = ConfigResource(ConfigResourceType.TOPIC, topic, configs={"retention.ms": "1"})
            async with _running(AIOKafkaAdminClient(**self._kafka)) as client:
                (answer,) = await client.alter_configs([change])
                _raise_for(answer.resources[0][0])

        return await _let(attempt)

    async def create(self, topic: str) -> bool:
        async def attempt() -> None:
            async with _running(AIOKafkaAdminClient(**self._kafka)) as client:
                answer = await client.create_topics([NewTopic(f"{topic}-more", 1, 1)], validate_only=True)
                _raise_for(answer.topic_errors[0][1])

        return await _let(attempt)

    async def delete(self, topic: str) -> bool:
        async def attempt() -> None:
            async with _running(AIOKafkaAdminClient(**self._kafka)) as client:
                answer = await client.delete_topics([topic])
                _raise_for(answer.topic_error_codes[0][1])

        return await _let(attempt)

    async def join(self, group: str) -> bool:
        """Say a member's heartbeat, which needs the group's READ as joining does."""

        async def attempt() -> None:
            async with _running(AIOKafkaAdminClient(**self._kafka)) as client:
                coordinator = await client.find_coordinator(group)
                assert coordinator is not None
                answer = await client._send_request(HeartbeatRequest(group, 0, "nobody"), coordinator)
                if for_code(answer.error_code) in REFUSED:
                    raise for_code(answer.error_code)(group)

        return await _let(attempt)

    async def delete_group(self, group: str) -> bool:
        async def attempt() -> None:
            async with _running(AIOKafkaAdminClient(**self._kafka)) as client:
                coordinator = await client.find_coordinator(group)
                answer = await client._send_request(DeleteGroupsRequest([group]), coordinator)
                _raise_for(answer.results[0][1])

        return await _let(attempt)

    async def describe_group(self, group: str) -> bool:
        async def attempt() -> None:
            async with _running(AIOKafkaAdminClient(**self._kafka)) as client:
                (answer,) = await client.describe_consumer_groups([group], group_coordinator_id=1)
                _raise_for(answer.groups[0][0])

        return await _let(attempt)


def _raise_for(code: int) -> None:
    if for_code(code) in REFUSED:
        raise for_code(code)("")


async def _let(attempt: Callable[[], Awaitable[None]]) -> bool:
    try:
        await attempt()
    except REFUSED:
        return False
    return True


ON_TOPICS = {
    Operation.WRITE: Trier.write,
    Operation.READ: Trier.read,
    Operation.DESCRIBE: Trier.describe,
    Operation.ALTER: Trier.alter,
    Operation.DESCRIBE_CONFIGS: Trier.describe_configs,
    Operation.ALTER_CONFIGS: Trier.alter_configs,
    Operation.CREATE: Trier.create,
    Operation.DELETE: Trier.delete,
}
ON_GROUPS = {Operation.READ: Trier.join, Operation.DESCRIBE: Trier.describe_group, Operation.DELETE: Trier.delete_group}


@pytest.fixture(scope="session")
async def told(closed: Stack) -> Stack:
    """A record on every topic, so that reading one that may be read ends."""
    trier = Trier(admin_of(closed))
    for topic in TOPICS:
        assert await trier.write(topic)
    async with asyncio.timeout(ANSWER_S):
        while not await _coordinated(closed):
            await asyncio.sleep(0.2)
    return closed


async def _coordinated(stack: Stack) -> bool:
    """Whether the broker coordinates groups yet, which it begins when it is first asked."""
    try:
        async with _running(AIOKafkaAdminClient(**reaching(admin_of(stack)))) as client:
            return await client.find_coordinator("any") is not None
    except GroupCoordinatorNotAvailableError:
        return False


def admin_of(stack: Stack) -> KafkaConnection:
    assert stack.secrets is not None
    return admin(stack.secrets, stack.bootstrap)


@pytest.mark.parametrize("principal", Principal)
@pytest.mark.parametrize("operation", ON_TOPICS, ids=lambda each: each.name.lower())
async def test_a_principal_does_with_each_topic_what_the_list_says(
    told: Stack, principal: Principal, operation: Operation
):
    trier = Trier(as_user(told, principal))

    found = {topic: await ON_TOPICS[operation](trier, topic) for topic in TOPICS}

    assert found == {topic: allows(principal, Resource.TOPIC, topic, operation) for topic in TOPICS}


@pytest.mark.parametrize("principal", Principal)
@pytest.mark.parametrize("operation", ON_GROUPS, ids=lambda each: each.name.lower())
async def test_a_principal_does_with_each_group_what_the_list_says(
    told: Stack, principal: Principal, operation: Operation
):
    trier = Trier(as_user(told, principal))

    found = {group: await ON_GROUPS[operation](trier, group) for group in GROUP_NAMES}

    assert found == {group: allows(principal, Resource.GROUP, group, operation) for group in GROUP_NAMES}


def test_every_operation_that_is_known_is_tried():
    assert ON_TOPICS.keys() | ON_GROUPS.keys() == set(Operation)
    assert {each.operation for each in grants() if each.resource is Resource.GROUP} <= ON_GROUPS.keys()


@pytest.mark.parametrize("principal", Principal)
async def test_nobody_gives_rights_on_the_broker(told: Stack, principal: Principal):
    async with _running(AIOKafkaAdminClient(**reaching(as_user(told, principal)))) as client:
        with pytest.raises(LocalStackError, match="ClusterAuthorizationFailedError"):
            await granted(client._client)


def test_a_municipalitys_own_word_is_written_by_the_tasks_service_alone():
    writers = {each for each in Principal if allows(each, Resource.TOPIC, "klarmeld.tasks", Operation.WRITE)}

    assert writers == {Principal.TASKS}


def test_nobody_may_delete_a_topic_or_change_its_settings():
    for operation in (Operation.DELETE, Operation.ALTER, Operation.ALTER_CONFIGS):
        for topic in (*TOPICS, f"{REPLAYS}more"):
            assert not any(allows(each, Resource.TOPIC, topic, operation) for each in Principal)


async def test_a_wrong_password_opens_nothing(closed: Stack):
    kafka = as_user(closed, Principal.EG).model_copy(update={"password": SecretStr("guessed")})

    with pytest.raises(KafkaError):
        async with _running(AIOKafkaAdminClient(**reaching(kafka))):
            pass


async def test_an_open_connection_is_not_answered(closed: Stack):
    client = AIOKafkaAdminClient(bootstrap_servers=closed.bootstrap, request_timeout_ms=3_000)

    with pytest.raises(KafkaError):
        await client.start()
    await client.close()


async def test_a_broker_that_another_has_signed_for_is_not_believed(closed: Stack):
    kafka = as_user(closed, Principal.EG).model_copy(update={"ca_file": None})

    with pytest.raises(KafkaError):
        async with _running(AIOKafkaAdminClient(**reaching(kafka))):
            pass
