"""Commands on what the desk did in a period."""
