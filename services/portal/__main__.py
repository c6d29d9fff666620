"""`python -m services.portal` serves until it is told to stop."""

from services.chassis.process import run
from services.portal.app import NAME, create
from services.portal.settings import Settings

if __name__ == "__main__":
    run(NAME, create, Settings())
