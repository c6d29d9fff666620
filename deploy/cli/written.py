"""The documents for people that the code writes: settings and lines of the log as tables, a diagram."""

from pathlib import Path

import services
from deploy.cli.setting_owners import SERVICES
from deploy.cli.setting_rows import shared_first
from deploy.cli.settings import CommandSettings
from deploy.fleet import PORTAL
from deploy.written.diagram import diagram
from deploy.written.log_table import log_table
from deploy.written.setting_table import described, setting_table
from services.portal.settings import Settings as PortalSettings


def written(docs: Path) -> dict[str, str]:
    """Return each document's text by its name in `docs`, where the diagram's own text stands."""
    text = docs / "architecture.txt"
    return {
        "settings.md": settings_page(),
        "logging.md": log_table(Path(services.__file__).parent),
        **({"architecture.svg": diagram(text.read_text(encoding="utf-8"))} if text.is_file() else {}),
    }


def settings_page() -> str:
    """Return the table of every setting of the services, the portal and the command."""
    owners = shared_first({name: described(kind) for name, kind in SERVICES.items()})
    return setting_table({**owners, PORTAL: described(PortalSettings), "klarmeld": described(CommandSettings)})
