"""The roles that facts speak of, in a municipality and on the supplier's side; facts never name a person."""

from enum import StrEnum


class Role(StrEnum):
    """Who did, or should do, something in a municipality (card: Anbefalet udfører, Anbefalet ansvarlig)."""

    AFTALEADMINISTRATOR = "aftaleadministrator"
    SYSTEMANSVARLIG_BOGFOERING = "systemansvarlig_bogfoering"
    ERP_DIALOG = "erp_dialog"
    KP_SYSTEMANSVARLIG = "kp_systemansvarlig"
    OEIR_KOORDINATOR = "oeir_koordinator"
    OEKONOMIAFDELING = "oekonomiafdeling"


class SupplierRole(StrEnum):
    """The supplier side, two parties acting as one: it voids and terminates agreements."""

    EG = "eg"
    EJERKREDSEN = "ejerkredsen"
