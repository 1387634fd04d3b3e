"""The desk as it was: which records it had then, and the tables that follow from these."""
