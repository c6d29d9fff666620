"""One client's rate at the door."""

import pytest

from services.chassis.errors import TooManyRequestsError
from services.chassis.web import rate as rate_module
from services.chassis.web.rate import Rate


def test_a_burst_passes_at_once_and_the_next_event_waits():
    rate = Rate(per_second=10, burst=100)
    rate.spend("eg", 100, now=0)
    with pytest.raises(TooManyRequestsError) as refused:
        rate.spend("eg", 20, now=0)
    assert refused.value.retry_after == 2


def test_what_was_refused_costs_nothing():
    rate = Rate(per_second=10, burst=100)
    rate.spend("eg", 95, now=0)
    with pytest.raises(TooManyRequestsError):
        rate.spend("eg", 50, now=0)
    rate.spend("eg", 5, now=0)


def test_a_bucket_fills_again_and_no_further_than_its_size():
    rate = Rate(per_second=10, burst=100)
    rate.spend("eg", 100, now=0)
    rate.spend("eg", 50, now=5)
    rate.spend("eg", 100, now=1_000)
    with pytest.raises(TooManyRequestsError):
        rate.spend("eg", 1, now=1_000)


def test_clients_do_not_share_a_bucket():
    rate = Rate(per_second=10, burst=100)
    rate.spend("eg", 100, now=0)
    rate.spend("another", 100, now=0)


def test_more_than_a_burst_at_once_is_let_through_with_a_full_bucket():
    rate = Rate(per_second=10, burst=100)
    rate.spend("eg", 400, now=0)
    with pytest.raises(TooManyRequestsError):
        rate.spend("eg", 1, now=0)


def test_forgotten_clients_bound_the_memory(monkeypatch):
    monkeypatch.setattr(rate_module, "MOST_CLIENTS", 2)
    rate = Rate(per_second=10, burst=100)
    for client in ("a", "b", "c"):
        rate.spend(client, 100, now=0)
    rate.spend("a", 100, now=0)
    with pytest.raises(TooManyRequestsError):
        rate.spend("c", 1, now=0)
