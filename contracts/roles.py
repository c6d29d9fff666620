"""The six roles in a municipality that facts speak of; facts never name a person."""

from enum import StrEnum


class Role(StrEnum):
    """Who did, or should do, something in a municipality (card: Anbefalet udfører, Anbefalet ansvarlig)."""

    AFTALEADMINISTRATOR = "aftaleadministrator"
    SYSTEMANSVARLIG_BOGFOERING = "systemansvarlig_bogfoering"
    ERP_DIALOG = "erp_dialog"
    KP_SYSTEMANSVARLIG = "kp_systemansvarlig"
    OEIR_KOORDINATOR = "oeir_koordinator"
    OEKONOMIAFDELING = "oekonomiafdeling"
