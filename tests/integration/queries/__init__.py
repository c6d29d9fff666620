"""What the three running services answer about a rollout of their own for each test."""
