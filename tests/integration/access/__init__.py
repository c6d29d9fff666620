"""Who may what, and what is refused however it is asked."""
