"""Faults on the real broker and database: whatever breaks, the projection comes to what the log says."""
