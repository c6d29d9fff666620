"""The KLIK task: who is oriented, what is completed, and the whole of each municipality's progress."""
