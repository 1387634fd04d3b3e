"""The eventlog part of deskledger."""
