"""The three services and the portal: the one list of them, by name, and where each is in the local stack."""

from typing import NamedTuple

from contracts.topics import Topic
from deploy.local.ports import HOST, Ports


class Member(NamedTuple):
    """One service: `python -m services.<name>`, the topic that it owns, and what it is asked about."""

    name: str
    owns: Topic
    about: str

    def port(self, ports: Ports) -> int:
        number: int = getattr(ports, self.name)
        return number

    def url(self, ports: Ports) -> str:
        return f"http://{HOST}:{self.port(ports)}"


AGREEMENTS = Member("agreements", Topic.AGREEMENTS, "service agreements and forwarding by EAN")
NOTIFICATIONS = Member("notifications", Topic.NOTIFICATIONS, "guidance and the webinar")
#: The one that reads all three topics and so shows all five tracks.
TASKS = Member("tasks", Topic.TASKS, "the KLIK task and all five tracks")

#: What the web pages are called, which stand beside the services and read no topic.
PORTAL = "portal"

FLEET = (AGREEMENTS, NOTIFICATIONS, TASKS)


def portal_url(ports: Ports) -> str:
    """Return the address of the web pages in the local stack."""
    return f"http://{HOST}:{ports.portal}"


def inbox_url(ports: Ports) -> str:
    """Return the address where the mails of the local stack are read."""
    return f"http://{HOST}:{ports.mail}"
