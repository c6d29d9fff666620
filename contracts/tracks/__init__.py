"""The five tracks of a municipality, its stage and whose turn it is: pure functions of a set of facts."""
