"""`python -m tests.integration.observed.leaking NAME`: a service that writes into its log what it reads from Kafka."""

import sys

from contracts import codec
from contracts.facts import Heard
from contracts.records import Record
from contracts.refusals import Refusal
from services.chassis.logs import logger
from tests.altered_service import serve


def main(name: str) -> None:
    """Serve `name`, and log the body of each record."""
    silent = codec.read
    log = logger("leaking")

    def telling(record: Record, judged_at: int | None = None) -> Heard | Refusal:
        log.info("read", body=(record.value or b"").decode("utf-8", "replace"))
        return silent(record, judged_at)

    codec.read = telling
    serve(name)


if __name__ == "__main__":
    main(*sys.argv[1:])
