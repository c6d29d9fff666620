"""The `klarmeld` command."""
