"""What is said to the log: commands, and EG's events over HTTP."""
