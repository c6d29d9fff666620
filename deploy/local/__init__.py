"""Real Kafka and MongoDB on one machine from packages alone: no Docker, no Maven."""
