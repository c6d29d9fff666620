"""The settings of the command line; the only module here that reads the environment."""

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.local.ports import DEFAULT_BASE
from services.chassis.settings import KafkaConnection


class Mongo(BaseModel):
    """An existing database, used instead of the local one."""

    uri: str | None = Field(None, description="URI of an existing MongoDB replica set; none: a local one.")


class Access(BaseModel):
    """With which token the services are asked."""

    issuer: str | None = Field(None, description="Issuer of access tokens; none: the local stack's.")
    token: SecretStr | None = Field(None, description="Access token to use; none: one is got from the local issuer.")


class Addresses(BaseModel):
    """Where the services are, when they are not those of the local stack."""

    agreements: str | None = Field(None, description="URL of the agreements service; none: the local one.")
    notifications: str | None = Field(None, description="URL of the notifications service; none: the local one.")
    tasks: str | None = Field(None, description="URL of the tasks service; none: the local one.")


class CommandSettings(BaseSettings):
    """Settings from `KLARMELD_…` variables, nested by `__`; options of a command go before them."""

    model_config = SettingsConfigDict(env_prefix="KLARMELD_", env_nested_delimiter="__", frozen=True, extra="ignore")

    port_base: int = Field(DEFAULT_BASE, description="First of the block of ports that the local stack uses.")
    data: Path = Field(Path(".klarmeld"), description="Where the local stack keeps data, logs and pids.")
    parts: Path | None = Field(None, description="Where fetched packages are kept; none: inside the data directory.")
    kafka: KafkaConnection = Field(
        default_factory=KafkaConnection, description="An existing log; where `bootstrap` is not set, a local one."
    )
    mongo: Mongo = Field(default_factory=Mongo)
    access: Access = Field(default_factory=Access)
    services: Addresses = Field(default_factory=Addresses)
