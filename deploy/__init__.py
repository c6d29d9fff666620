"""The only code that knows every service: fleet, command line, local stack, campaign."""
