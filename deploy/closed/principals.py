"""The principals of a closed installation: EG's systems, each service, operations, and those who may nothing."""

from enum import StrEnum


class Principal(StrEnum):
    """A user of Kafka, and of MongoDB where it has something to do there."""

    EG = "eg"
    AGREEMENTS = "agreements"
    NOTIFICATIONS = "notifications"
    TASKS = "tasks"
    OPS = "ops"
    #: Talks to the services over HTTP alone, so it has a user only to show that it may nothing.
    PORTAL = "portal"
    NOBODY = "nobody"


SERVICES = (Principal.AGREEMENTS, Principal.NOTIFICATIONS, Principal.TASKS)
