"""`python -m deploy.local.serve_issuer --port 8104 --key FILE` serves the local issuer until it is told to stop."""

import argparse
from pathlib import Path

import uvicorn

from deploy.local.issuer import create, signing_key


def main() -> None:
    """Serve on loopback; the issuer's name is the address that it listens on."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--key", type=Path, required=True)
    given = options.parse_args()
    app = create(key=signing_key(given.key), issuer=f"http://127.0.0.1:{given.port}")
    uvicorn.run(app, host="127.0.0.1", port=given.port, access_log=False, log_level="warning", server_header=False)


if __name__ == "__main__":
    main()
