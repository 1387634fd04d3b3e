"""Scenarios: files that say what a desk is, what happens, and what every clock must show."""
