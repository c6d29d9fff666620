"""What operations see and do over HTTP."""
