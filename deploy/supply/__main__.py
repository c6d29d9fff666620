"""`python -m deploy.supply` writes bill of materials and licences; with `check` it says whether they are still true."""

import sys
from pathlib import Path

from deploy.supply.components import UnknownLicenceError
from deploy.supply.written import faults, write

if __name__ == "__main__":
    root = Path(__file__).parent.parent.parent
    try:
        found = faults(root) if sys.argv[1:] == ["check"] else write(root)
    except UnknownLicenceError as error:
        found = [str(error)]
    sys.exit("\n".join(found) or 0)
