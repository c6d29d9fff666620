"""`python -m tests.faults.newer_rules NAME`: a service whose rules have risen by one, and which derives anew slowly."""

import sys
from importlib import import_module

from contracts import progress

progress.RULES += 1  # before anybody has read it


def main(name: str) -> None:
    """Serve `name` like its own entry point."""
    rederive = import_module("services.chassis.projection.rederive")
    rederive.CHUNK, rederive.RESTING = 4, 40.0
    import_module("tests.altered_service").serve(name)


if __name__ == "__main__":
    main(*sys.argv[1:])
