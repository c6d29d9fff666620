"""The settings of the notifications service."""

from pydantic import BaseModel, Field, SecretStr

from services.chassis.settings import ServiceSettings
from services.notifications.answer_links import AnswerLinks


class AnswerSettings(BaseModel):
    """The links by which invitations are answered without logging in."""

    address: str = Field("http://127.0.0.1:8102", description="Where this service is reached by who reads a mail.")
    key: SecretStr | None = Field(
        None, min_length=32, description="Signs the links of invitations; without one, mails hold none."
    )

    @property
    def links(self) -> AnswerLinks | None:
        """What makes and reads the links; None without a key."""
        return AnswerLinks(self.address.rstrip("/"), self.key.get_secret_value().encode()) if self.key else None


class Settings(ServiceSettings):
    """Those of every service, and how invitations are answered."""

    answers: AnswerSettings = Field(default_factory=AnswerSettings)
