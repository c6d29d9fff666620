"""When which fact of the topic klarmeld.agreements held, and its data."""

from contracts import events as e
from contracts.events import Event
from contracts.examples.world import AGREEMENT, BATCH, CONFIG, CVR, DOCUMENT_SHA256, EANS, MUNICIPALITY
from contracts.roles import Role

DATA: list[tuple[str, Event]] = [
    (
        "2026-01-05T08:00:00Z",
        e.MunicipalityEnrolled(
            erp="ØS Indsigt", cvr=CVR, valid_from="2026-01-01", roster_source="EG's kundeliste, 5. januar 2026"
        ),
    ),
    ("2026-06-30T08:00:00Z", e.MunicipalityWithdrawn(valid_to="2026-06-30", reason="Kommunen har skiftet ERP")),
    (
        "2026-02-02T08:00:00Z",
        e.AgreementBatchDispatched(batch_id=BATCH, roster=("0101", MUNICIPALITY), roster_as_of="2026-01-31"),
    ),
    (
        "2026-02-02T08:05:00Z",
        e.AgreementSent(
            agreement_id=AGREEMENT,
            batch_id=BATCH,
            document=e.Document(title="Serviceaftale: eFaktura til KP", version=1, sha256=DOCUMENT_SHA256),
            supplier=e.Supplier.EG,
            signer_role=Role.AFTALEADMINISTRATOR,
            sign_by="2026-03-31",
            extra_cost_dkk=0,
        ),
    ),
    ("2026-02-02T08:06:00Z", e.AgreementDelivered(agreement_id=AGREEMENT)),
    ("2026-02-03T07:30:00Z", e.AgreementViewed(agreement_id=AGREEMENT)),
    ("2026-02-02T08:07:00Z", e.AgreementBounced(agreement_id=AGREEMENT, reason="Postkassen findes ikke")),
    (
        "2026-02-10T12:00:00Z",
        e.AgreementSigned(
            agreement_id=AGREEMENT,
            signed_by_role=Role.AFTALEADMINISTRATOR,
            method=e.Method.ADMINISTRATIONSMODUL,
            document_sha256=DOCUMENT_SHA256,
        ),
    ),
    (
        "2026-02-11T12:00:00Z",
        e.AgreementDeclined(agreement_id=AGREEMENT, reason="Forkert juridisk enhed", by_role=Role.AFTALEADMINISTRATOR),
    ),
    (
        "2026-02-12T12:00:00Z",
        e.AgreementVoided(agreement_id=AGREEMENT, reason="Afløst af en ny", by_role=Role.AFTALEADMINISTRATOR),
    ),
    (
        "2026-09-01T12:00:00Z",
        e.AgreementTerminated(agreement_id=AGREEMENT, reason="Nyt ERP", by_role=Role.AFTALEADMINISTRATOR),
    ),
    ("2026-04-01T00:00:00Z", e.AgreementExpired(agreement_id=AGREEMENT, sign_by="2026-03-31")),
    (
        "2026-02-15T09:00:00Z",
        e.ForwardingConfigured(
            config_id=CONFIG,
            revision=1,
            rules=tuple(e.Rule(ean=ean, valid_from="2026-03-01") for ean in EANS),
            target="KP",
        ),
    ),
    ("2026-06-30T09:00:00Z", e.ForwardingDisabled(config_id=CONFIG, revision=2, reason="Nyt ERP")),
    (
        "2026-03-02T10:00:00Z",
        e.ForwardingVerified(config_id=CONFIG, revision=1, ean=EANS[0], invoice_ref="INV-1001"),
    ),
    (
        "2026-03-02T10:05:00Z",
        e.ForwardingFailed(
            config_id=CONFIG, revision=1, ean=EANS[1], code="EAN_UNKNOWN", detail="KP kender ikke dette EAN"
        ),
    ),
]
