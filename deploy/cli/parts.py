"""`python -m deploy.cli.parts` fetches Kafka, MongoDB and, where none is installed, Java, ahead of the first start."""

import os
import sys

from deploy.cli.as_lines import PlainLines
from deploy.cli.place import place
from deploy.cli.steps import Fetching
from deploy.cli.terminal import terminal
from deploy.local.directory import DataDirectory
from deploy.local.errors import LocalStackError
from deploy.local.fetch import fetch


def main() -> None:
    """Fetch what is missing; without the network when nothing is."""
    here, tell = place(), PlainLines(terminal())
    parts = here.parts or DataDirectory.at(here.data).parts
    try:
        fetch(
            parts,
            environ=os.environ,
            progress=lambda *step: tell(Fetching(*step)),
            with_broker=here.kafka is None,
            with_mongod=here.mongo is None,
        )
    except LocalStackError as error:
        print(error, file=sys.stderr)
        sys.exit(3)


if __name__ == "__main__":
    main()
