"""Speed as ratios of one run: time until a view shows an event, rate when catching up, memory."""
