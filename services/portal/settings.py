"""The settings of the portal."""

from pydantic import BaseModel, Field, SecretStr

from services.chassis.settings import AccessSettings, ProcessSettings


class Addresses(BaseModel):
    """Where the services are."""

    agreements: str = Field("http://127.0.0.1:8101", description="URL of the agreements service.")
    notifications: str = Field("http://127.0.0.1:8102", description="URL of the notifications service.")
    tasks: str = Field("http://127.0.0.1:8103", description="URL of the tasks service.")
    timeout_s: float = Field(3, gt=0, description="Longest wait for a service to answer a page, in seconds.")
    command_timeout_s: float = Field(20, gt=0, description="Longest wait for a service to answer a command.")


class SignInSettings(BaseModel):
    """As whom the portal is known to the issuer."""

    client_id: str = Field("klarmeld-portal", description="`client_id` of the portal at the issuer.")
    client_secret: SecretStr | None = Field(None, description="Its secret; none: a public client, by PKCE alone.")
    scope: str = Field("openid", description="Scopes that are asked for, `openid` among them.")
    acr: tuple[str, ...] = Field(
        (), description="How people have to have signed in: `acr` of the ID token has to be one of these; none: anyhow."
    )


class SessionSettings(BaseModel):
    """How sessions are kept, which is in the browser's own cookie and nowhere else."""

    key: SecretStr | None = Field(None, description="Base64 of 32 bytes that encrypts sessions; the same in replicas.")


class Settings(ProcessSettings):
    """Where everything is, and whether this is a stack on somebody's own machine."""

    access: AccessSettings = Field(default_factory=AccessSettings)
    services: Addresses = Field(default_factory=Addresses)
    sign_in: SignInSettings = Field(default_factory=SignInSettings)
    session: SessionSettings = Field(default_factory=SessionSettings)
    address: str = Field("http://127.0.0.1:8100", description="The address that browsers know the portal by.")
    rollout: str = Field("efaktura-8b", description="The rollout that the pages are about.")
    local: bool = Field(False, description="A stack on one machine: sample sign-ins, cookies without TLS.")
    sample_data: bool = Field(False, description="Say on top of every page that the data are not real.")
