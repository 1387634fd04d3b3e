"""Commands that read the ledger itself, and prove it."""
