"""Overblik: how far all municipalities that use ØS Indsigt are."""
