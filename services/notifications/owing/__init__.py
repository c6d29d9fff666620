"""The rules by which notices are owed, one file for each part of the card."""
