"""What the catalogue says in words: the attributes of an event, and each reason for parking a record."""

from contracts.refusals import Reason

PREFACE = """\
# The events of klarmeld

Generated from the code by `klarmeld contracts generate`; a test fails when it is not what the code says.

Events are CloudEvents 1.0 with JSON data.
klarmeld writes Kafka's binary mode and reads binary and structured mode.
Readers ignore fields that they do not know and take null for a field that is not required; writers are strict.
Facts hold no personal data: roles, never names, addresses or CPR numbers.
An opaque id is 1 to 64 characters of `A-Z a-z 0-9 . _ : -`; a text has at most 2,000 characters.
Equal JSON values make one fact: spacing, order of keys and spelling of numbers do not matter, but null is not absent.
"""

#: Name, whether it is required, what it holds.
ATTRIBUTES = [
    ("specversion", True, "`1.0`"),
    ("id", True, "With `source` the identity of the event; at most 64 characters"),
    ("source", True, "Who speaks; see the topics"),
    ("type", True, "`dk.klarmeld.<Name>.v<N>`"),
    ("subject", True, "What the fact is about; see each event"),
    ("time", True, "When the fact holds: RFC 3339 with offset and at most nine decimals, cut to microseconds"),
    ("dataschema", True, "`<Name>.v<N>.json`, a file in `schemas/`"),
    ("rollout", True, "Id of the rollout, `[a-z0-9][a-z0-9._-]{0,63}`, e.g. `efaktura-8b`"),
    ("municipality", False, "Kommunekode of one of the 98, e.g. `0630`; absent on facts about the whole rollout"),
    ("partitionkey", True, "The record's key: the municipality, or the rollout where there is none"),
    ("traceparent", False, "W3C trace context"),
    ("correlationid", False, "What belongs together"),
    ("causationid", False, "The id of what made this happen"),
]

#: What is wrong, and what to do; in the order of the checks the first that fails names the reason.
REASONS: dict[Reason, tuple[str, str]] = {
    Reason.TOMBSTONE: ("The record has no value", "Facts are retracted with FactRetracted, never deleted"),
    Reason.TOO_LARGE: ("The value, or its data with every number written out, passes 16,384 bytes", "Send less"),
    Reason.NOT_CLOUDEVENT: (
        (
            "No `ce_` header and not `application/cloudevents+json`, a structured value that is no JSON object, "
            "or a specversion other than 1.0"
        ),
        "Send one CloudEvent 1.0 per record",
    ),
    Reason.BAD_HEADER: (
        (
            "An attribute is absent, null, empty, not UTF-8, no text or there twice; the id is too long; "
            "the time or the rollout is malformed"
        ),
        "Mend the attribute that the sentence names",
    ),
    Reason.UNKNOWN_TYPE: ("The type is not in this catalogue", "Send a type of this catalogue"),
    Reason.UNKNOWN_VERSION: (
        "The type is known, this version of it is not",
        "Send v1, or upgrade klarmeld and redrive",
    ),
    Reason.WRONG_TOPIC: ("The type belongs on another topic", "Send it to its own topic"),
    Reason.WRONG_SOURCE: ("The source may not speak on this topic", "Send it as one that may; see the topics"),
    Reason.BAD_KEY: (
        (
            "Key and partitionkey differ; the municipality is not one of the 98, absent, there on a fact about the "
            "whole rollout, or not the partitionkey"
        ),
        "Make them say the same",
    ),
    Reason.NOT_JSON: (
        (
            "The data are not UTF-8, begin with a byte order mark, hold NaN, Infinity or half a surrogate pair, "
            "are nested more than 64 levels deep or are no JSON at all"
        ),
        "Send one JSON object in UTF-8",
    ),
    Reason.SCHEMA: (
        "A field is absent or has another value than its schema allows, or the subject does not repeat its field",
        "Mend the fields that the JSON pointers name",
    ),
    Reason.EXTRA_COST: ("An agreement costs extra; the card says that none does", "Send 0"),
    Reason.FUTURE_TIME: (
        "The time is more than five minutes after the record's own",
        "Mend the clock, or redrive once the time has come",
    ),
    Reason.TOO_MANY_FACTS: (
        "The municipality, or the rollout's own document, already holds as many facts as it can",
        "Find out which system repeats itself",
    ),
}
