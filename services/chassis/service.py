"""A service put together: its description, its parts wired once, and the life of its process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiokafka.errors import KafkaError  # noqa: TID251  joining the group is tried again after one
from fastapi import APIRouter, Depends, FastAPI

from contracts.topics import Topic
from services.chassis.errors import KlarmeldError
from services.chassis.log.consumer import Consumer
from services.chassis.log.handled_before import handled_before
from services.chassis.log.log_admin import ensure_topics
from services.chassis.log.publisher import Publisher
from services.chassis.logs import logger
from services.chassis.metrics import Metrics
from services.chassis.operations.admin import admin
from services.chassis.operations.background import Background
from services.chassis.operations.probes import probes
from services.chassis.operations.records_kept import records_kept
from services.chassis.operations.redrive_routes import redrives
from services.chassis.operations.replay_routes import Desk, generation_routes, rebuild_routes, verify_routes
from services.chassis.operations.standing import Standing
from services.chassis.operations.status import statuses
from services.chassis.projection.debts import Debts
from services.chassis.projection.jobs import Jobs
from services.chassis.projection.journal import Journal
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.parked import Parked
from services.chassis.projection.projector import Derive, Moment, Projector
from services.chassis.projection.rederive import Rederive
from services.chassis.projection.store import Store
from services.chassis.projection.target import Target
from services.chassis.queries.answer_examples import example_answers
from services.chassis.queries.live import Live
from services.chassis.queries.overview import Overviews
from services.chassis.queries.routes import queries
from services.chassis.queries.streams import streams
from services.chassis.queries.views import Views
from services.chassis.replay.redrive import Redrive
from services.chassis.settings import ServiceSettings
from services.chassis.web import problem
from services.chassis.web.access import check_table, guard
from services.chassis.web.asyncapi import asyncapi
from services.chassis.web.headers import OF_A_SERVICE, SecurityHeaders
from services.chassis.web.health import Health
from services.chassis.web.openapi import openapi
from services.chassis.web.pages import add_pages
from services.chassis.web.rate import Rate
from services.chassis.web.requests import Requests
from services.chassis.web.tokens import Tokens
from services.chassis.web.traced import Traced
from services.chassis.web.unchanged import Unchanged

log = logger(__name__)
#: The version of the HTTP and event surface.
VERSION = "1.0.0"
RECONNECT_S = 1.0
#: Longest wait for what runs beside the service to end, in seconds; a database that hangs is not waited for.
ENDING_S = 1.0


@dataclass(frozen=True, kw_only=True)
class Service:
    """What one service is: the topics it reads, the one it owns, and what facts mean to it."""

    name: str
    summary: str
    owns: Topic
    reads: Sequence[Topic]
    derive: Derive
    shows_ean_conflicts: bool = False


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The wired parts of a running service, for its routers; `database` is for what it keeps beside the projection."""

    settings: ServiceSettings
    metrics: Metrics
    database: Any
    store: Store
    parked: Parked
    redrive: Redrive
    desk: Desk
    consumer: Consumer
    publisher: Publisher
    rate: Rate
    health: Health
    rederive: Rederive
    debts: Debts
    standing: Standing
    views: Views
    overviews: Overviews
    live: Live

    def close(self) -> None:
        """Say that the service stops: not ready any more, and live streams end."""
        self.health.draining = True
        self.live.closing.set()


#: A service's own routes, made from its parts.
Routes = Callable[[Parts], APIRouter]
#: What a service does beside answering, for as long as it runs.
Work = Callable[[Parts], Coroutine[Any, Any, None]]


def build(
    service: Service,
    settings: ServiceSettings,
    *,
    routes: Sequence[Routes] = (),
    works: Sequence[Work] = (),
    moment: Moment = lambda _: None,
) -> FastAPI:
    """Return the application of `service`; nothing connects before it starts. `moment` is told of each step."""
    client = connect(settings.mongo.uri, timeout_s=settings.mongo.timeout_s)
    parts = wire(service, settings, client, moment)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(_close, client)
            own = (start(parts) for start in works)
            watching = (parts.health, parts.live, parts.rederive, parts.debts, parts.standing, parts.desk.background)
            watches = (each.watch() for each in watching)
            beside = (_join(service, parts), *watches, *own)
            await stack.enter_async_context(_background(service, beside, parts))
            yield
            parts.close()

    check = guard(Tokens(settings.access))
    app = FastAPI(
        title=f"klarmeld {service.name}",
        summary=service.summary,
        version=VERSION,
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(check)],
    )
    app.state.guard = check
    app.add_middleware(Unchanged)
    app.add_middleware(SecurityHeaders, headers=OF_A_SERVICE)
    app.add_middleware(Requests, metrics=parts.metrics)
    app.add_middleware(Traced)
    problem.install(app)
    app.include_router(probes(parts.health, parts.metrics, parts.rederive))
    app.include_router(queries(parts.views, parts.overviews))
    app.include_router(admin(parts.parked))
    app.include_router(statuses(parts.health, parts.rederive, parts.standing))
    app.include_router(redrives(parts.redrive))
    app.include_router(records_kept(parts))
    for of_the_log in (verify_routes, rebuild_routes, generation_routes):
        app.include_router(of_the_log(parts.desk))
    app.include_router(streams(parts.live, parts.views, parts.overviews))
    for make in routes:
        app.include_router(make(parts))
    add_pages(app, requests=partial(requests_of, service, app), events=partial(events_of, service))
    check_table(app)
    app.state.parts = parts
    return app


def requests_of(service: Service, app: FastAPI) -> dict[str, Any]:
    """Return what `service` is asked, as the OpenAPI document of its application."""
    return openapi(app, example_answers(service.derive, service.reads))


def events_of(service: Service) -> dict[str, Any]:
    """Return what `service` hears and tells on the log, as its AsyncAPI document."""
    return asyncapi(name=service.name, summary=service.summary, version=VERSION, owns=service.owns, reads=service.reads)


def wire(service: Service, settings: ServiceSettings, client: Any, moment: Moment) -> Parts:
    """Return the parts of `service` on `client`, an asynchronous MongoDB client."""
    database = client[settings.mongo.database or f"klarmeld_{service.name}"]
    metrics = Metrics()
    store = Store(database)
    parked = Parked(database)
    debts = Debts(store=store, derive=service.derive, metrics=metrics, waiting=lambda: consumer.waiting)
    projector = Projector(
        store=store, parked=parked, derive=service.derive, metrics=metrics, moment=moment, debts=debts
    )
    consumer = Consumer(
        settings=settings.kafka,
        group=settings.group or f"klarmeld-{service.name}",
        topics=service.reads,
        apply=projector.apply,
        metrics=metrics,
        moment=moment,
    )
    jobs = Jobs(database)
    live = Live(store)
    metrics.streams.set_function(lambda: live.readers)
    return Parts(
        settings=settings,
        metrics=metrics,
        database=database,
        store=store,
        parked=parked,
        redrive=Redrive(store=store, parked=parked, journal=Journal(database), projector=projector, moment=moment),
        desk=Desk(_target(service, settings, database.name), database, jobs, Background(jobs)),
        consumer=consumer,
        publisher=Publisher(settings=settings.kafka, client_id=f"klarmeld-{service.name}", metrics=metrics),
        rate=Rate(per_second=settings.door.events_per_second, burst=settings.door.burst),
        rederive=Rederive(store=store, derive=service.derive, metrics=metrics),
        debts=debts,
        standing=Standing(database, store, parked, metrics.standing),
        health=Health(consumer=consumer, store=store, debts=debts, metrics=metrics, ready_lag=settings.ready_lag),
        views=Views(store=store, derive=service.derive, shows_ean_conflicts=service.shows_ean_conflicts),
        overviews=Overviews(store=store, derive=service.derive),
        live=live,
    )


def _target(service: Service, settings: ServiceSettings, database: str) -> Target:
    """Return this service as operations reach it, from here or from a command."""
    return Target(
        name=service.name,
        group=settings.group or f"klarmeld-{service.name}",
        derive=service.derive,
        topics=[str(each) for each in service.reads],
        kafka=settings.kafka,
        mongo=settings.mongo,
        database=database,
    )


async def _join(service: Service, parts: Parts) -> None:
    """Prepare database and topics and join the group, however long Kafka or MongoDB stay away."""
    while True:
        try:
            await parts.store.prepare()
            await parts.parked.prepare()
            await ensure_topics(parts.settings.kafka, service.reads)
            await parts.consumer.start()
        except (KafkaError, KlarmeldError, OSError, TimeoutError) as error:
            fault = type(error).__name__
            log.warning("not_joined_yet", fault=fault, detail=str(error))
            parts.health.not_joined = error.detail if isinstance(error, KlarmeldError) else fault
            await asyncio.sleep(RECONNECT_S)
        else:
            parts.health.not_joined = None
            await parts.health.look()  # ready as soon as it is, not at the next regular look
            log.info("joined", group=parts.consumer.group)
            parts.health.before = await handled_before(parts.settings.kafka, parts.consumer.group, service.reads)
            return


async def _stop(service: Service, parts: Parts) -> None:
    """Drain, commit, leave: in under ten seconds whatever hangs."""
    log.info("draining", service=service.name)
    await asyncio.gather(parts.consumer.stop(within_s=parts.settings.drain_s / 2), parts.publisher.stop())
    log.info("stopped", service=service.name)


async def _close(client: Any) -> None:
    """Close the database's client, which says goodbye to a server that may not answer, and so is not waited for."""
    await asyncio.wait({asyncio.ensure_future(client.close())}, timeout=ENDING_S)


@asynccontextmanager
async def _background(
    service: Service, works: Sequence[Coroutine[Any, Any, None]], parts: Parts
) -> AsyncIterator[None]:
    """Run `works` beside the block; one that fails makes the service unready, so that it is seen and restarted.

    At the end the service drains; a work that has something to end, such as a mail that leaves, may do so meanwhile.
    """

    async def watched(work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            parts.health.failed = f"part of the service ended with {type(error).__name__}; restart it"
            log.exception("background_failed")

    tasks = [asyncio.create_task(watched(work)) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=ENDING_S)
        await asyncio.gather(_stop(service, parts), asyncio.wait(tasks, timeout=parts.settings.drain_s / 2))
