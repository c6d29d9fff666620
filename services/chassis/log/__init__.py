"""Kafka: reading, writing and looking after the log."""
