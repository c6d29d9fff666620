"""`python -m deploy.supply` writes bill of materials, licences and ASVS page; with `check` it says if they are true."""

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
