"""Facts to documents: what a batch writes, where, and what stands there."""
