"""Events of the topic klarmeld.agreements: enrolment, service agreements and the set-up of forwarding."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from contracts.events.fields import (
    AtLeastOne,
    Count,
    Cvr,
    Day,
    Ean,
    Event,
    MunicipalityCode,
    OpaqueId,
    Part,
    Sha256,
    Text,
)
from contracts.roles import Role, SupplierRole


class Supplier(StrEnum):
    """Which of the two parties of the one supplier side the agreement is with."""

    EG = "EG"
    EJERKREDSEN = "EJERKREDSEN"


class Method(StrEnum):
    """How an agreement was signed."""

    PAPER = "paper"
    DIGITAL = "digital"
    ADMINISTRATIONSMODUL = "administrationsmodul"


class MunicipalityEnrolled(Event):
    """The municipality runs its accounts on ØS Indsigt, so the card is for it."""

    erp: Literal["ØS Indsigt"]
    cvr: Cvr | None = None
    valid_from: Day
    valid_to: Day | None = None
    roster_source: Text


class MunicipalityWithdrawn(Event):
    """The municipality does not use ØS Indsigt, or no longer does."""

    valid_to: Day
    reason: Text


class AgreementBatchDispatched(Event):
    """EG sent the service agreements for signature at once to all municipalities of the roster."""

    batch_id: OpaqueId
    roster: tuple[MunicipalityCode, ...]
    roster_as_of: Day


class Document(Part):
    """The document to be signed; its digest is what a signature must name."""

    title: Text
    version: Count
    sha256: Sha256


class AgreementSent(Event):
    """A service agreement was sent to the aftaleadministrator for signature."""

    agreement_id: OpaqueId
    batch_id: OpaqueId | None = None
    document: Document
    supplier: Supplier
    signer_role: Literal[Role.AFTALEADMINISTRATOR]
    sign_by: Day | None = None
    extra_cost_dkk: Annotated[float, Field(description="Must be 0.", json_schema_extra={"const": 0})]
    supersedes: OpaqueId | None = None


class AgreementDelivered(Event):
    """The agreement reached the municipality's mailbox."""

    agreement_id: OpaqueId


class AgreementViewed(Event):
    """The agreement was opened in the municipality."""

    agreement_id: OpaqueId


class AgreementBounced(Event):
    """The agreement could not be delivered."""

    agreement_id: OpaqueId
    reason: Text


class AgreementSigned(Event):
    """The municipality signed; `document_sha256` is the digest of what it signed."""

    agreement_id: OpaqueId
    signed_by_role: Role
    method: Method
    document_sha256: Sha256


class AgreementDeclined(Event):
    """The municipality declined to sign."""

    agreement_id: OpaqueId
    reason: Text
    by_role: Role


class AgreementVoided(Event):
    """The agreement was withdrawn before it was signed."""

    agreement_id: OpaqueId
    reason: Text
    by_role: Role | SupplierRole


class AgreementTerminated(Event):
    """A signed agreement was ended."""

    agreement_id: OpaqueId
    reason: Text
    by_role: Role | SupplierRole


class AgreementExpired(Event):
    """The agreement was not signed by its date."""

    agreement_id: OpaqueId
    sign_by: Day


class Rule(Part):
    """eFaktura sent to this EAN is forwarded; without `valid_to` the rule is active."""

    ean: Ean
    valid_from: Day
    valid_to: Day | None = None


class ForwardingConfigured(Event):
    """The ERP is set up to forward eFaktura to KP; a higher revision replaces a lower one whole."""

    config_id: OpaqueId
    revision: Count
    rules: AtLeastOne[Rule]
    target: Literal["KP"]


class ForwardingDisabled(Event):
    """The ERP no longer forwards eFaktura to KP."""

    config_id: OpaqueId
    revision: Count
    reason: Text


class ForwardingVerified(Event):
    """An eFaktura sent to this EAN arrived in KP."""

    config_id: OpaqueId
    revision: Count
    ean: Ean
    invoice_ref: Text | None = None


class ForwardingFailed(Event):
    """An eFaktura sent to this EAN did not arrive in KP."""

    config_id: OpaqueId
    revision: Count
    ean: Ean
    code: Text
    detail: Text | None = None
