"""Whose settings there are: the services by name; the portal and the command have settings of their own."""

from pydantic_settings import BaseSettings

from services.agreements.settings import Settings as AgreementsSettings
from services.notifications.settings import Settings as NotificationsSettings
from services.tasks.settings import Settings as TasksSettings

SERVICES: dict[str, type[BaseSettings]] = {
    "agreements": AgreementsSettings,
    "notifications": NotificationsSettings,
    "tasks": TasksSettings,
}
