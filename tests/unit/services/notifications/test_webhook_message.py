"""What a webhook is sent: signed so that a receiver's own library takes it, and no news where nothing is new."""

import json

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from services.chassis import clock
from services.notifications.webhook_message import CHANGED, envelope, fingerprint, headers, message_id

OLD, NEW = ("whsec_b2xkIGtleSBvZiBhIHRlc3QsIGFuZCBubyBvdGhlcg==", "whsec_bmV3IGtleSBvZiBhIHRlc3QsIGFuZCBubyBvdGhlcg==")
OTHER = "whsec_YW5vdGhlciBrZXkgb2YgYSB0ZXN0LCBhbmQgbm8gbW9yZQ=="


def view(**progress):
    return {
        "municipality": "0630",
        "positions": {"agreements-0": 7},
        "ean_conflicts": [],
        "progress": {"rules": 3, "facts": 4, "stage": "to_sign"} | progress,
    }


@pytest.mark.parametrize("key", [OLD, NEW])
def test_a_receiver_with_either_key_takes_a_message_during_rotation(key):
    body = envelope(CHANGED, clock.now_ms(), {"name": "Ærø"})
    signed = headers("msg_1", body, [NEW, OLD], clock.now_ms())
    assert Webhook(key).verify(body, signed)["data"] == {"name": "Ærø"}


def test_a_receiver_with_another_key_refuses_it():
    body = envelope(CHANGED, clock.now_ms(), {})
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(body, headers("msg_1", body, [NEW, OLD], clock.now_ms()))


def test_a_message_says_what_it_is_and_when_it_was_made():
    said = json.loads(envelope(CHANGED, 1_700_000_000_123, {"a": 1}))
    assert said == {"type": CHANGED, "timestamp": "2023-11-14T22:13:20.123Z", "data": {"a": 1}}


def test_facts_told_again_and_new_rules_that_say_the_same_are_no_news():
    again = view(facts=5, rules=4) | {"positions": {"agreements-0": 99}}
    assert fingerprint(again) == fingerprint(view())


def test_another_stage_is_news():
    assert fingerprint(view(stage="to_configure")) != fingerprint(view())


def test_each_message_has_an_id_of_its_own_that_can_be_made_again():
    ids = [message_id(*each) for each in (("a", "b", 1), ("a", "b", 2), ("a", "c", 1), ("b", "b", 1), ("a", "b", 1))]
    assert len(set(ids)) == 4
    assert ids[0] == ids[4]
