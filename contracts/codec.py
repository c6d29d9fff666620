"""The wire codec: what a record of the log says as a fact, and how an event is written for it."""

from contracts.reader import LARGEST, read
from contracts.records import KafkaRecord, Message, Record
from contracts.refusals import FieldError, Reason, Refusal, RefusedError
from contracts.writer import NewEvent, cloudevent_of, encode, structured, to_message

__all__ = [
    "LARGEST",
    "FieldError",
    "KafkaRecord",
    "Message",
    "NewEvent",
    "Reason",
    "Record",
    "Refusal",
    "RefusedError",
    "cloudevent_of",
    "encode",
    "read",
    "structured",
    "to_message",
]
