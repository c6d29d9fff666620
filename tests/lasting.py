"""Examples for a log that others read too: without a day to sign by, or another agreements service tells it is over."""

from contracts.examples import EXAMPLES, with_data
from contracts.names import EventName

LASTING = {**EXAMPLES, EventName.AgreementSent: with_data(EventName.AgreementSent, sign_by=None)}
