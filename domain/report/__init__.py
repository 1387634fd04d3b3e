"""Closed periods: streams ``report/<period>``."""
