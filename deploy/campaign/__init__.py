"""The sample campaign: the card carried from plan to result for ten municipalities."""
