"""The routes of the agreements service beyond those of every service."""

from contracts.topics import Topic
from services.chassis.events_door import door
from services.chassis.service import Routes

ROUTES: tuple[Routes, ...] = (lambda parts: door(Topic.AGREEMENTS, parts.publisher, parts.rate),)
