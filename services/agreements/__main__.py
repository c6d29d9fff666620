"""`python -m services.agreements` serves until it is told to stop."""

from services.agreements.app import SERVICE, create
from services.agreements.settings import Settings
from services.chassis.process import run

if __name__ == "__main__":
    run(SERVICE.name, create, Settings())
