"""The log told again: verify, rebuild and redrive."""
