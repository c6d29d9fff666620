"""What each route stands on: who may, what is refused and how, documents, health."""
