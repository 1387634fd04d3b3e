"""Importing the past: logs of other service desks, read through mapping files."""
