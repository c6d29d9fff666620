"""The names that the examples share: one roll-out, one municipality (Vejle), one agreement, one webinar."""

ROLLOUT = "efaktura-8b"
MUNICIPALITY = "0630"
CVR = "29189900"
EANS = ("5798009811578", "5798000416604")
DOCUMENT_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
GUIDANCE_SHA256 = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"
SYSTEM = "/eg/aftaler"

AGREEMENT = "AG-2026-0630"
BATCH = "B-2026-1"
CONFIG = "FW-0630"
GUIDANCE = "vejledning-8b"
WEBINAR = "webinar-8b"
TASK = "efaktura-8b"
