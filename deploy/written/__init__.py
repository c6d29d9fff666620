"""Documents that the code itself writes: the table of settings, and the diagram made from its text."""
