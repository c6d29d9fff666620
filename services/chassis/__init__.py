"""The runtime that every service stands on; it knows no service."""

from services.chassis.cancellation import keep_cancellations

keep_cancellations()
