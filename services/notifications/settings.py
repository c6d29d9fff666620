"""The settings of the notifications service."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, SecretStr, model_validator

from services.chassis.outward.addresses import read_address
from services.chassis.settings import ServiceSettings
from services.notifications.answer_links import AnswerLinks
from services.notifications.webhook_settings import WebhookSettings

Mailbox = Annotated[str, AfterValidator(read_address)]
WorkingDays = Annotated[int, Field(ge=1, le=250)]


class SmtpSettings(BaseModel):
    """How mails leave; without a host none does."""

    host: str | None = Field(None, description="The mail server; without one nothing is sent and nothing is owed.")
    port: int = Field(587, ge=1, le=65_535, description="The mail server's port.")
    security: Literal["starttls", "tls", "none"] = Field("starttls", description="How the connection is encrypted.")
    ca_file: Path | None = Field(
        None, description="PEM of who signed the mail server's certificate; the system's unless said otherwise."
    )
    username: str | None = Field(None, description="User at the mail server; needs encryption and a password.")
    password: SecretStr | None = Field(None, description="Password of that user.")
    from_address: Mailbox | None = Field(None, description="The function mailbox that mails come from.")
    from_name: str = Field("klarmeld", max_length=80, description="The name beside it.")
    eg_address: Mailbox | None = Field(None, description="The function mailbox of the supplier side.")
    timeout_s: float = Field(
        30, gt=0, le=300, description="Longest wait for one answer of the mail server, in seconds."
    )
    per_minute: int = Field(1_050, ge=1, description="Most mails that one replica sends in a minute.")
    connections: int = Field(4, ge=1, le=32, description="Connections to the mail server at once.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.host and not self.from_address:
            raise ValueError("mails need someone to come from; set KLARMELD_SMTP__FROM_ADDRESS")
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password of the mail server belong together; set both or neither")
        if self.username is not None and self.security == "none":
            raise ValueError("a password does not go over an open connection; set KLARMELD_SMTP__SECURITY=starttls")
        return self


class NoticeSettings(BaseModel):
    """When notices are owed, and how long one is tried."""

    reminders: tuple[WorkingDays, ...] = Field(
        (5, 10, 15), max_length=10, description="Working days after which an unsigned agreement is reminded of."
    )
    portal: str = Field("http://127.0.0.1:8100", description="Where mails say that the portal is.")
    sample: bool = Field(False, description="Say in every mail that nothing in it is real.")
    every_s: float = Field(5, gt=0, description="Rest between two looks at what is owed, in seconds.")
    lease_s: float = Field(300, gt=0, description="How long a replica has for one mail before others may judge it.")
    give_up_after_h: float = Field(72, gt=0, description="How long a mail is tried that the server puts off, in hours.")
    back_off_s: float = Field(60, gt=0, description="First wait before it is tried again; doubled up to an hour.")


class AnswerSettings(BaseModel):
    """The links by which invitations are answered without logging in."""

    address: str = Field("http://127.0.0.1:8102", description="Where this service is reached by who reads a mail.")
    key: SecretStr | None = Field(
        None,
        min_length=32,
        description="Signs the links of invitations, and marks addresses in the ledger; without one, neither is there.",
    )

    @property
    def links(self) -> AnswerLinks | None:
        """What makes and reads the links; None without a key."""
        return AnswerLinks(self.address.rstrip("/"), self.key.get_secret_value().encode()) if self.key else None


class Settings(ServiceSettings):
    """Those of every service, how notices leave, how invitations are answered, and how webhooks are told."""

    smtp: SmtpSettings = Field(default_factory=SmtpSettings)
    notices: NoticeSettings = Field(default_factory=NoticeSettings)
    answers: AnswerSettings = Field(default_factory=AnswerSettings)
    webhooks: WebhookSettings = Field(default_factory=WebhookSettings)
