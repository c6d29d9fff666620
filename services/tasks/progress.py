"""What this service shows of a municipality: all five tracks, since it reads all three topics."""

from contracts.progress import derive_settled as derive

__all__ = ["derive"]
