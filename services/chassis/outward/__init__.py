"""What leaves the building, and who is told."""
