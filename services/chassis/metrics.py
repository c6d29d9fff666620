"""What Prometheus is told of a service; one registry per service instance, so that tests can hold several."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from contracts.refusals import Reason

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The instruments of one service instance."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        self.records = Counter("klarmeld_records_total", "Records handled.", ["topic"], registry=registry)
        self.facts = Counter("klarmeld_facts_total", "Records that were facts, tellings included.", registry=registry)
        self.parked = Counter(
            "klarmeld_parked_total", "Records that could not be facts.", ["reason"], registry=registry
        )
        for reason in Reason:  # the first record that is parked is a rise, not a beginning
            self.parked.labels(str(reason))
        self.batch = Histogram(
            "klarmeld_batch_records",
            "Records in a batch.",
            buckets=(1, 5, 20, 100, 500, 2_000, 10_000),
            registry=registry,
        )
        self.batch_seconds = Histogram(
            "klarmeld_batch_seconds",
            "From batch to commit; of a service that is behind, the end of the batch before is waited for, too.",
            buckets=SECONDS,
            registry=registry,
        )
        self.visible_seconds = Histogram(
            "klarmeld_visible_seconds",
            "From the record's timestamp to its progress being stored.",
            buckets=SECONDS,
            registry=registry,
        )
        self.retries = Counter(
            "klarmeld_batch_retries_total", "Batches tried again after a fault.", ["fault"], registry=registry
        )
        self.derive_failures = Counter(
            "klarmeld_derive_failures_total", "Documents whose rules failed.", registry=registry
        )
        self.lag = Gauge(
            "klarmeld_lag_records", "Records on the log that are not handled yet.", ["partition"], registry=registry
        )
        self.lag_seconds = Gauge(
            "klarmeld_lag_seconds",
            "Age of the newest handled record where others wait.",
            ["partition"],
            registry=registry,
        )
        self.published = Counter(
            "klarmeld_published_total", "Events acknowledged by the log.", ["topic"], registry=registry
        )
        self.rederive_total = Gauge(
            "klarmeld_rederive_total", "Views made by older rules, when looked for last.", registry=registry
        )
        self.rederive_done = Gauge(
            "klarmeld_rederive_done", "Those of them that have been derived anew.", registry=registry
        )
        self.views_owed = Gauge(
            "klarmeld_views_owed", "Documents with facts that their views do not show yet.", registry=registry
        )
        self.ready = Gauge("klarmeld_ready", "1 when the service is ready, else 0.", registry=registry)
        self.kafka = Gauge("klarmeld_kafka_reachable", "1 while Kafka answers, else 0.", registry=registry)
        self.mongo = Gauge("klarmeld_mongodb_reachable", "1 while MongoDB answers, else 0.", registry=registry)
        self.streams = Gauge("klarmeld_stream_clients", "Readers of live views.", registry=registry)
        self.requests = Counter(
            "klarmeld_http_requests_total",
            "HTTP requests by the route's template.",
            ["method", "route", "status"],
            registry=registry,
        )
        self.request_seconds = Histogram(
            "klarmeld_http_request_seconds",
            "From a request to the beginning of its answer.",
            ["method", "route"],
            buckets=SECONDS,
            registry=registry,
        )
        self.standing = StandingMetrics(registry)


class StandingMetrics:
    """What the database says of a service, so that each of its replicas tells the same."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.parked = Gauge("klarmeld_parked_records", "Records that are set aside now.", ["reason"], registry=registry)
        self.generation = Gauge("klarmeld_generation", "Number of the live generation.", registry=registry)
        self.generations = Gauge(
            "klarmeld_generations_written", "Generations that each batch is written to.", registry=registry
        )
        self.rebuilding = Gauge("klarmeld_rebuild_unfinished", "1 while a rebuild is unfinished.", registry=registry)
        self.verified = Gauge(
            "klarmeld_verify_timestamp_seconds", "When everything was verified last; 0 for never.", registry=registry
        )
        self.agrees = Gauge(
            "klarmeld_verify_agrees", "1 where that found nothing that differs, or was never done.", registry=registry
        )
        self.operations = Gauge(
            "klarmeld_operations", "Receipts in the journal, by what was done.", ["what"], registry=registry
        )
