"""The settings of the tasks service."""

from services.chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    """Those of every service; this one needs no others."""
