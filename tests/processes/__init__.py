"""Process managers on real ledgers."""
