"""Where jars are fetched from: the central repository, or the mirror that this machine's own settings name for it."""

from pathlib import Path
from xml.etree import ElementTree as ET

_MAVEN = "{*}mirrors/{*}mirror"
_CENTRAL = "central"


def repositories(maven_settings: Path | None = None) -> dict[str, str]:
    """Return repositories by name: jgo's own settings go before Maven's settings.xml, and both before the default."""
    from jgo.config import GlobalSettings  # noqa: PLC0415 - a fifth of a second that only a first start needs
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415

    mirror = central_mirror(maven_settings or Path.home() / ".m2" / "settings.xml")
    return {_CENTRAL: mirror or MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}


def central_mirror(maven_settings: Path) -> str | None:
    """Return the first mirror of the central repository in a Maven settings.xml, None without one."""
    try:
        root = ET.parse(maven_settings).getroot()  # noqa: S314 - the user's own file
    except (OSError, ET.ParseError):
        return None
    mirrors = [mirror for mirror in root.iterfind(_MAVEN) if _stands_for_central(mirror.findtext("{*}mirrorOf") or "")]
    return next((url.strip().rstrip("/") for mirror in mirrors if (url := mirror.findtext("{*}url"))), None)


def _stands_for_central(mirror_of: str) -> bool:
    patterns = {pattern.strip() for pattern in mirror_of.split(",")}
    return f"!{_CENTRAL}" not in patterns and bool(patterns & {"*", "external:*", _CENTRAL})
