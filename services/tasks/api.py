"""The routes of the tasks service beyond those of every service; `POST /events` is not among them."""

from services.chassis.service import Routes

ROUTES: tuple[Routes, ...] = ()
