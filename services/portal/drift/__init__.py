"""Drift: whether everything flows, what was set aside, and what operations did about it."""
