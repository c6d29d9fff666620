"""`python -m services.tasks` serves until it is told to stop."""

from services.chassis.process import run
from services.tasks.app import SERVICE, create
from services.tasks.settings import Settings

if __name__ == "__main__":
    run(SERVICE.name, create, Settings())
