"""One test's rollout: who is enrolled and named in it, what is told, and what has become of its mails."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from contracts import codec
from contracts.names import EventName
from contracts.records import Message
from contracts.topics import Topic
from deploy.local.stack import Stack
from services.chassis.outward.contacts import Contacts, Recipient
from services.chassis.projection.mongo_client import connect
from services.chassis.settings import AccessSettings, KafkaSettings, MongoSettings
from services.notifications.app import create
from services.notifications.settings import AnswerSettings, NoticeSettings, Settings, SmtpSettings
from tests.faults import log
from tests.lasting import LASTING
from tests.mail_server import MailServer

#: All tests of a run share one ledger, since they share one log.
DATABASE = "mail"
SIGNER, OWNER, KP = "aftaleadministrator", "systemansvarlig_bogfoering", "kp_systemansvarlig"
ROLES = (SIGNER, OWNER, KP)
#: Signs links, and marks addresses in the ledger.
KEY = "a key of these tests, and no other key"
#: Longest wait for what a test expects, on a machine that has other things to do.
WITHIN_S = 90


class Post:
    """What a test tells the log about its rollout, and sees in the ledger, on the log and at the mail server."""

    def __init__(self, stack: Stack, server: MailServer, rollout: str) -> None:
        self.stack = stack
        self.server = server
        self.rollout = rollout
        self._client = connect(stack.mongo_uri, timeout_s=20)
        self.database = self._client[DATABASE]
        self._named: list[tuple[str, str]] = []
        self._enrolled: set[str] = set()

    async def close(self) -> None:
        """End the rollout, so that nobody is owed anything of it when another test names them."""
        await self.retell([self.message("MunicipalityWithdrawn", code) for code in sorted(self._enrolled)])
        for code, role in self._named:
            await Contacts(self.database).erase(code, role)
        await self._client.close()

    async def name(self, code: str, *roles: str, **preferences: Any) -> None:
        """Name somebody for each role; the address says which."""
        for role in roles:
            await Contacts(self.database).put(code, role, Recipient(f"{role}.{code}@kommune.example", **preferences))
            self._named.append((code, role))

    async def tell(self, name: str, code: str | None = None, *, number: int = 1, times: int = 1, **data: Any) -> None:
        """Put an example of the catalogue on the log, about a municipality where one is given."""
        await self.retell([self.message(name, code, number=number, **data)] * times)

    def message(self, name: str, code: str | None = None, *, number: int = 1, **data: Any) -> Message:
        event = LASTING[EventName(name)]
        told = replace(
            event,
            rollout=self.rollout,
            municipality=code,
            id=f"{name}-{self.rollout}-{code}-{number}"[-64:],
            data=event.data.model_copy(update=data),
        )
        return codec.encode(told)

    async def retell(self, messages: list[Message]) -> None:
        await log.tell(self.stack.bootstrap, messages)

    async def enrol(self, *codes: str) -> None:
        self._enrolled |= set(codes)
        await self.retell([self.message("MunicipalityEnrolled", code) for code in codes])

    async def entries(self, **query: Any) -> list[dict[str, Any]]:
        return await self.database["ledger"].find({"rollout": self.rollout, **query}).to_list(None)

    async def states(self, **query: Any) -> Counter[str]:
        return Counter(each["state"] for each in await self.entries(**query))

    async def become(self, expected: dict[str, int], **query: Any) -> None:
        """Wait until the rollout's entries are in these states, and told where they are outcomes."""

        async def told() -> bool:
            entries = await self.entries(**query)
            outcomes = [each for each in entries if each["state"] in {"sent", "failed", "suppressed"}]
            return Counter(each["state"] for each in entries) == expected and all(each["told"] for each in outcomes)

        await until(told, lambda: self.states(**query))

    async def facts(self, *names: str) -> list[tuple[str, str, bytes]]:
        """Return name, id and body of what the log tells about the rollout's notices, each record."""
        found = []
        for record in await log.whole_log(self.stack.bootstrap, [Topic.NOTIFICATIONS]):
            headers = {name: value.decode() for name, value in record.headers}
            name = headers["ce_type"].split(".")[2]
            if headers["ce_rollout"] == self.rollout and name in names:
                found.append((name, headers["ce_id"], record.value))
        return found

    @property
    def taken(self) -> Counter[str]:
        """How often the mail server has stored the mail of each recipient."""
        return Counter(each.recipient for each in self.server.taken)

    def environment(self, **notices: Any) -> dict[str, str]:
        """Return what a process of the service is told."""
        smtp = self.settings(**notices).smtp
        said = {"HOST": smtp.host, "PORT": smtp.port, "SECURITY": smtp.security, "FROM_ADDRESS": smtp.from_address}
        said |= {"TIMEOUT_S": smtp.timeout_s}
        own = {f"KLARMELD_SMTP__{name}": str(value) for name, value in said.items()}
        own |= {f"KLARMELD_NOTICES__{name.upper()}": str(value) for name, value in (NOTICES | notices).items()}
        own["KLARMELD_ANSWERS__KEY"] = KEY
        return {**own, "KLARMELD_GROUP": DATABASE, "KLARMELD_MONGO__DATABASE": DATABASE}

    def settings(self, **notices: Any) -> Settings:
        return Settings(
            kafka=KafkaSettings(bootstrap=self.stack.bootstrap),
            mongo=MongoSettings(uri=self.stack.mongo_uri, database=DATABASE),
            smtp=SmtpSettings(
                host="127.0.0.1",
                port=self.server.port,
                security="none",
                from_address="klarmeld@klarmeld.example",
                timeout_s=10,
            ),
            notices=NoticeSettings(**(NOTICES | notices)),
            answers=AnswerSettings(key=KEY),
            group=DATABASE,
        )

    @asynccontextmanager
    async def service(self, *, access: AccessSettings | None = None, **notices: Any) -> Any:
        """Run the service in this process."""
        settings = self.settings(**notices)
        app = create(settings.model_copy(update={"access": access}) if access else settings)
        async with app.router.lifespan_context(app):
            yield app


NOTICES = {"every_s": 0.3, "lease_s": 40, "back_off_s": 0.3}


async def until(holds: Callable[[], Awaitable[bool]], shown: Callable[[], Awaitable[Any]]) -> None:
    """Wait until something holds; what is shown says how far it came."""
    end = asyncio.get_running_loop().time() + WITHIN_S
    while not await holds():
        assert asyncio.get_running_loop().time() < end, await shown()
        await asyncio.sleep(0.1)
