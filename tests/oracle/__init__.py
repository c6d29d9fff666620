"""A deliberately naive second reading of the contract, which shares no code with production and judges it."""
