"""What the agreements service can be told: the body of each command."""

from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.events import Method, Supplier
from contracts.events.fields import Count, Day, Ean, MunicipalityCode, OpaqueId, Sha256
from contracts.roles import Role, SupplierRole
from services.chassis.doors.command_fields import AnyRole, Command, Said, Several, Spelled, example

AnySupplierRole = Annotated[SupplierRole, Spelled]
#: An agreement's id is its batch's, a hyphen and the kommunekode; together at most 64 characters.
BatchId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,59}$")]


class GivenDocument(Command):
    """The document to be signed."""

    title: Said
    version: Count
    sha256: Sha256 = Field(description="The digest that a signature must name.")


class DispatchBatch(Command):
    """Service agreements to all at once (card: Beskrivelse)."""

    model_config = example(
        batch_id="B-2026-1",
        document={
            "title": "Serviceaftale: eFaktura til KP",
            "version": 1,
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        },
        supplier="EG",
        sign_by="2026-03-31",
        extra_cost_dkk=0,
    )

    batch_id: BatchId
    document: GivenDocument
    supplier: Annotated[Supplier, Spelled]
    sign_by: Day | None = None
    extra_cost_dkk: float = Field(description="Must be 0.")
    municipalities: Several[MunicipalityCode] | None = Field(None, description="All that are enrolled, unless said.")
    supersedes: dict[MunicipalityCode, OpaqueId] = Field({}, description="By kommunekode, the agreement replaced.")


class SignAgreement(Command):
    """The municipality signs."""

    model_config = example(
        signed_by_role="aftaleadministrator",
        method="administrationsmodul",
        document_sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    )

    signed_by_role: AnyRole = Field(description="The aftaleadministrator, as the card has it.")
    method: Annotated[Method, Spelled]
    document_sha256: Sha256 = Field(description="The digest of what was signed: that of the document sent.")


class DeclineAgreement(Command):
    """The municipality does not sign."""

    model_config = example(reason="Forkert juridisk enhed", by_role="aftaleadministrator")

    reason: Said
    by_role: AnyRole = Role.AFTALEADMINISTRATOR


class VoidAgreement(Command):
    """The supplier side takes back an agreement that is not signed."""

    model_config = example(reason="Afløst af en ny", by_role="eg")

    reason: Said
    by_role: AnySupplierRole = SupplierRole.EG


class TerminateAgreement(Command):
    """The supplier side ends a signed agreement."""

    model_config = example(reason="Kommunen skifter ERP", by_role="eg")

    reason: Said
    by_role: AnySupplierRole = SupplierRole.EG


class ForwardingRule(Command):
    """eFaktura sent to this EAN is forwarded; without `valid_to` the rule is active."""

    ean: Ean
    valid_from: Day
    valid_to: Day | None = None


class SetForwarding(Command):
    """Either `rules`, which replace all earlier ones, or `disable` with a `reason`."""

    model_config = example(config_id="FW-0630", rules=[{"ean": "5798009811578", "valid_from": "2026-03-01"}])

    config_id: OpaqueId | None = Field(None, description="The municipality's only configuration, unless said.")
    revision: Count | None = Field(None, description="Rises by itself when absent.")
    rules: list[ForwardingRule] | None = Field(None, min_length=1)
    disable: bool = False
    reason: Said | None = Field(None, description="Why it is disabled.")
