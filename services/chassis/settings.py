"""The settings of a service; the only module of the chassis that reads the environment."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, Field, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)


class KafkaConnection(BaseModel):
    """Where the log is, and as whom it is reached."""

    bootstrap: str = Field("127.0.0.1:8107", description="Kafka's bootstrap servers, host:port, comma-separated.")
    tls: bool = Field(False, description="Encrypt the connection and check the broker's certificate.")
    ca_file: Path | None = Field(None, description="PEM of who signed it; the system's unless said otherwise.")
    username: str | None = Field(None, description="User of SCRAM-SHA-512; needs TLS and a password.")
    password: SecretStr | None = Field(None, description="Password of that user.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password of Kafka belong together; set both or neither")
        if self.username is not None and not self.tls:
            raise ValueError("a password does not go over an open connection; set KLARMELD_KAFKA__TLS=true")
        return self


class KafkaSettings(KafkaConnection):
    """Where the log is and how this service reads it."""

    partitions: int = Field(6, ge=1, description="Partitions of a topic that this service creates.")
    replication: int = Field(1, ge=1, description="Replicas of a topic that this service creates.")
    max_records: int = Field(10_000, ge=1, description="Most records of one batch; it is smaller unless far behind.")
    batch_timeout_ms: int = Field(10, ge=1, description="Longest wait for a batch, in milliseconds.")
    fetch_wait_ms: int = Field(
        25, ge=1, description="Longest wait of Kafka for one more record while records come, in ms."
    )
    session_timeout_ms: int = Field(10_000, ge=6_000, description="How long Kafka waits for a silent member.")
    send_timeout_s: float = Field(10, gt=0, description="Longest wait for Kafka to acknowledge an event, in seconds.")
    group_instance_id: str | None = Field(None, description="Static membership: a restart takes its partitions back.")


class MongoSettings(BaseModel):
    """Where this service keeps its projection."""

    uri: str = Field("mongodb://127.0.0.1:8109/?replicaSet=rs0", description="MongoDB's URI, of a replica set.")
    database: str | None = Field(None, description="The database; `klarmeld_<service>` unless said otherwise.")
    timeout_s: float = Field(5, gt=0, description="Longest wait for MongoDB to answer one operation, in seconds.")


class HttpSettings(BaseModel):
    """Where this service listens."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8100, ge=0, le=65_535, description="Port to listen on.")


class AccessSettings(BaseModel):
    """Whose tokens open this service."""

    issuer: str = Field("http://127.0.0.1:8104", description="`iss` of the tokens: the OIDC issuer.")
    jwks_uri: str = Field("http://127.0.0.1:8104/jwks", description="Where the issuer's public keys are.")
    audience: str = Field("klarmeld", description="`aud` of the tokens.")
    algorithms: tuple[str, ...] = Field(("RS256", "ES256"), description="Signature algorithms that are accepted.")
    leeway_s: int = Field(60, ge=0, le=60, description="Difference of clocks that is forgiven, in seconds.")


class DoorSettings(BaseModel):
    """How much `POST /v1/events` takes of one client."""

    events_per_second: float = Field(500, gt=0, description="Events that one client may send a second, on average.")
    burst: int = Field(5_000, ge=1, description="Events that one client may send at once.")


class TracingSettings(BaseModel):
    """Where traces go, and how many of them."""

    endpoint: str | None = Field(
        None,
        description="Where traces go, OTLP over HTTP, e.g. `http://collector:4318/v1/traces`; none: no traces.",
    )
    sampled: float = Field(
        0.1, ge=0, le=1, description="Share of the traces begun here that are kept; a caller's context says its own."
    )


class ProcessSettings(BaseSettings):
    """What every process needs, from `KLARMELD_…` variables, nested by `__`, or files of the same names."""

    model_config = SettingsConfigDict(
        env_prefix="KLARMELD_",
        env_nested_delimiter="__",
        secrets_dir="/run/secrets",
        secrets_dir_missing="ok",
        frozen=True,
        extra="ignore",
    )

    http: HttpSettings = Field(default_factory=HttpSettings)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level that is logged.")
    tracing: TracingSettings = Field(default_factory=TracingSettings)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  it is the class itself
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  there is no such file here
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read nested names from files too: a variable goes before the file of its name."""
        return (init_settings, env_settings, NestedSecretsSettingsSource(file_secret_settings))


class ServiceSettings(ProcessSettings):
    """What every service needs beside that."""

    kafka: KafkaSettings = Field(default_factory=KafkaSettings)
    mongo: MongoSettings = Field(default_factory=MongoSettings)
    access: AccessSettings = Field(default_factory=AccessSettings)
    door: DoorSettings = Field(default_factory=DoorSettings)
    group: str | None = Field(None, description="Consumer group; `klarmeld-<service>` unless said otherwise.")
    past_commands: bool = Field(
        False, description="Let a command's ce-time say when it happened: to play a story, never in production."
    )
    ready_lag: int = Field(10_000, ge=0, description="Most events behind at which the service still counts as ready.")
    drain_s: float = Field(8, gt=0, description="Longest wait for the running batch at shutdown, in seconds.")
