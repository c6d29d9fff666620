"""What the agreements service can be told: the body of each command."""

from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.events import Method, Supplier
from contracts.events.fields import Count, Day, Ean, MunicipalityCode, OpaqueId, Sha256
from contracts.roles import Role, SupplierRole
from services.chassis.command_fields import AnyRole, Command, Said, Several, Spelled

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

    batch_id: BatchId
    document: GivenDocument
    supplier: Annotated[Supplier, Spelled]
    sign_by: Day | None = None
    extra_cost_dkk: float = Field(description="Must be 0.")
    municipalities: Several[MunicipalityCode] | None = Field(None, description="All that are enrolled, unless said.")
    supersedes: dict[MunicipalityCode, OpaqueId] = Field({}, description="By kommunekode, the agreement replaced.")


class SignAgreement(Command):
    """The municipality signs."""

    signed_by_role: AnyRole = Field(description="The aftaleadministrator, as the card has it.")
    method: Annotated[Method, Spelled]
    document_sha256: Sha256 = Field(description="The digest of what was signed: that of the document sent.")


class DeclineAgreement(Command):
    """The municipality does not sign."""

    reason: Said
    by_role: AnyRole = Role.AFTALEADMINISTRATOR


class VoidAgreement(Command):
    """The supplier side takes back an agreement that is not signed."""

    reason: Said
    by_role: AnySupplierRole = SupplierRole.EG


class TerminateAgreement(Command):
    """The supplier side ends a signed agreement."""

    reason: Said
    by_role: AnySupplierRole = SupplierRole.EG


class ForwardingRule(Command):
    """eFaktura sent to this EAN is forwarded; without `valid_to` the rule is active."""

    ean: Ean
    valid_from: Day
    valid_to: Day | None = None


class SetForwarding(Command):
    """Either `rules`, which replace all earlier ones, or `disable` with a `reason`."""

    config_id: OpaqueId | None = Field(None, description="The municipality's only configuration, unless said.")
    revision: Count | None = Field(None, description="Rises by itself when absent.")
    rules: list[ForwardingRule] | None = Field(None, min_length=1)
    disable: bool = False
    reason: Said | None = Field(None, description="Why it is disabled.")
