"""The commands of the three services on the real log and database."""
