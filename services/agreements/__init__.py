"""Agreements and forwarding: what EG sends, what a municipality signs, which EANs reach KP."""
