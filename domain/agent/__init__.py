"""The agent: every person on the desk's side."""
