"""The replay part of deskledger."""
