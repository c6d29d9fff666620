"""How webhooks are told, and where they may go: a part of the service's settings."""

from pydantic import BaseModel, Field


class WebhookSettings(BaseModel):
    """How webhooks are told, and where they may go."""

    local: bool = Field(False, description="Webhooks may use HTTP, loopback and any port: for one machine alone.")
    per_municipality: int = Field(5, ge=1, le=50, description="Most webhooks of one municipality.")
    every_s: float = Field(1, gt=0, description="Rest between two looks at what has changed, in seconds.")
    lease_s: float = Field(60, gt=0, description="How long a replica holds a webhook before others may, in seconds.")
    within_s: float = Field(10, gt=0, le=30, description="Longest time of one delivery, in seconds.")
    back_off_s: float = Field(5, gt=0, description="First wait before a delivery is tried again; it grows to hours.")
    give_up_after_h: float = Field(72, gt=0, description="How long deliveries fail before a webhook rests, in hours.")
    rotation_h: float = Field(24, gt=0, description="How long a replaced key goes on signing too, in hours.")
