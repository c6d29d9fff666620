"""What the services share: events, their meaning and their wire form. Pure: no clock, no I/O."""
