"""What is read: views, overview, timeline, and the live streams of them."""
