"""Kommunens side: what one municipality waits for, whose turn it is, and what it can do about it."""
