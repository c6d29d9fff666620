"""`python -m services.notifications` serves until it is told to stop."""

from services.chassis.process import run
from services.notifications.app import SERVICE, create
from services.notifications.settings import Settings

if __name__ == "__main__":
    run(SERVICE.name, create, Settings())
