"""`python -m deploy.local.serve_inbox --port 8105 --smtp-port 8106 --kept DIR` takes mails until it is told to stop."""

import argparse
from pathlib import Path

import uvicorn

from deploy.local.inbox import Inbox
from deploy.local.inbox_page import create


def main() -> None:
    """Serve on loopback: the pages on one port, SMTP on the other."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--smtp-port", type=int, required=True)
    options.add_argument("--kept", type=Path, required=True)
    given = options.parse_args()
    app = create(Inbox(given.kept), smtp_port=given.smtp_port)
    uvicorn.run(app, host="127.0.0.1", port=given.port, access_log=False, log_level="warning", server_header=False)


if __name__ == "__main__":
    main()
