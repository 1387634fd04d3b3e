"""The ticket: its events, commands, state and rules."""
