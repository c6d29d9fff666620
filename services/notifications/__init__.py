"""Guidance and the webinar: what the municipalities are told."""
