"""`python -m tests.faults.bad_release NAME`: a service whose release has a fault that refuses good records."""

import sys

from contracts import codec
from contracts.facts import Heard
from contracts.records import Record
from contracts.refusals import Reason, Refusal
from tests.altered_service import serve

REFUSED = Refusal(Reason.SCHEMA, "The data do not follow the schema that this release should not have had.", ())


def main(name: str) -> None:
    """Serve `name`, and refuse every agreement that is or was about to be signed."""
    good = codec.read

    def bad(record: Record, judged_at: int | None = None) -> Heard | Refusal:
        read = good(record, judged_at)
        return REFUSED if isinstance(read, Heard) and read.fact.name.startswith("Agreement") else read

    codec.read = bad
    serve(name)


if __name__ == "__main__":
    main(*sys.argv[1:])
