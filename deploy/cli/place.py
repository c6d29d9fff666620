"""Where a command works: the local stack's ports and directory, or what the settings point at instead."""

from dataclasses import dataclass
from pathlib import Path

from deploy.cli.settings import CommandSettings
from deploy.fleet import FLEET
from deploy.local.ports import HOST, Ports, block
from services.chassis.settings import KafkaConnection


@dataclass(frozen=True, kw_only=True)
class Place:
    """Addresses of everything; `kafka` and `mongo` are None where the local stack's own are meant.

    `options` is what another command needs to be told to find the same place.
    """

    ports: Ports
    data: Path
    parts: Path | None
    kafka: str | None
    reach: KafkaConnection
    mongo: str | None
    urls: dict[str, str]
    issuer: str
    token: str | None
    options: str = ""

    @property
    def log(self) -> KafkaConnection:
        """Where the log is, and as whom the settings say that it is reached."""
        return self.at(self.kafka)

    def at(self, bootstrap: str | None) -> KafkaConnection:
        """Return the log at other servers; the local stack's where none are given."""
        return self.reach.model_copy(update={"bootstrap": bootstrap or self.kafka or f"{HOST}:{self.ports.kafka}"})


def servers_of(uri: str) -> str:
    """Return where a URI of MongoDB looks, e.g. `127.0.0.1:8109`, without whose password it knows."""
    return uri.partition("://")[2].partition("/")[0].rpartition("@")[2]


def place(port_base: int | None = None, data: Path | None = None) -> Place:
    """Return the place that the settings say; options that are given go before them."""
    settings = CommandSettings()
    ports = block(port_base if port_base is not None else settings.port_base)
    return Place(
        ports=ports,
        data=data or settings.data,
        parts=settings.parts,
        kafka=settings.kafka.bootstrap if "bootstrap" in settings.kafka.model_fields_set else None,
        reach=settings.kafka,
        mongo=settings.mongo.uri,
        urls={each.name: getattr(settings.services, each.name) or each.url(ports) for each in FLEET},
        issuer=settings.access.issuer or f"http://{HOST}:{ports.issuer}",
        token=settings.access.token.get_secret_value() if settings.access.token else None,
        options="" if port_base is None else f" --port-base {port_base}",
    )
