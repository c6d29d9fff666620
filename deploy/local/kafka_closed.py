"""A closed local broker: TLS and SCRAM for every client, and the access lists of `deploy.closed.kafka_access`."""

import asyncio

from aiokafka.client import AIOKafkaClient  # noqa: TID251 - the local stack's own client
from aiokafka.errors import for_code  # noqa: TID251
from aiokafka.protocol.admin import CreateAclsRequest  # noqa: TID251

from deploy.closed.certificates import SERVER
from deploy.closed.kafka_access import Grant, grants
from deploy.closed.secrets import ADMIN, Secrets
from deploy.closed.transport import CIPHERS, PROTOCOLS
from deploy.local.errors import LocalStackError
from deploy.local.ports import HOST, Ports
from services.chassis.settings import KafkaConnection

_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required"
_ALLOW, _ANY_HOST = 3, "*"


def closing(secrets: Secrets, ports: Ports) -> dict[str, object]:
    """Return the properties that close the broker; the controller knows its broker by certificate."""
    own = f'{_SCRAM} username="{ADMIN}" password="{secrets.passwords[ADMIN]}";'
    return {
        "listeners": f"SASL_SSL://{HOST}:{ports.kafka},CONTROLLER://{HOST}:{ports.controller}",
        "advertised.listeners": f"SASL_SSL://{HOST}:{ports.kafka}",
        "listener.security.protocol.map": "SASL_SSL:SASL_SSL,CONTROLLER:SSL",
        "inter.broker.listener.name": "SASL_SSL",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
        "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": own,
        "listener.name.controller.ssl.client.auth": "required",
        "ssl.enabled.protocols": PROTOCOLS,
        "ssl.cipher.suites": CIPHERS,
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": secrets.server_file,
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": secrets.ca_file,
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:{ADMIN};User:CN={SERVER}",
        "allow.everyone.if.no.acl.found": "false",
    }


def users(secrets: Secrets) -> tuple[str, ...]:
    """Return how the storage is formatted with every user in it, so that the first start knows them."""
    return tuple(
        argument
        for name, password in secrets.passwords.items()
        for argument in ("--add-scram", f"SCRAM-SHA-512=[name={name},password={password}]")
    )


def admin(secrets: Secrets | None, bootstrap: str) -> KafkaConnection:
    """Return how the stack itself reaches its broker."""
    if secrets is None:
        return KafkaConnection(bootstrap=bootstrap)
    return KafkaConnection.model_validate(
        {
            "bootstrap": bootstrap,
            "tls": True,
            "ca_file": secrets.ca_file,
            "username": ADMIN,
            "password": secrets.passwords[ADMIN],
        }
    )


async def granted(client: AIOKafkaClient) -> bool:
    """Give every grant; a second time changes nothing. LocalStackError where the broker refuses one."""
    answers = await asyncio.gather(*[client.send(client.get_random_node(), _request(each)) for each in grants()])
    codes = [code for answer in answers for code, _ in answer.creation_responses]
    refused = sorted({for_code(code).__name__ for code in codes if code})
    if refused:
        why = ", ".join(refused)
        raise LocalStackError(f"The broker did not take its access lists ({why}).", remedy="Look in its log.")
    return True


def _request(grant: Grant) -> CreateAclsRequest:
    return CreateAclsRequest(
        resource_type=int(grant.resource),
        resource_name=grant.name,
        resource_pattern_type_filter=int(grant.pattern),
        principal=f"User:{grant.principal}",
        host=_ANY_HOST,
        operation=int(grant.operation),
        permission_type=_ALLOW,
    )
