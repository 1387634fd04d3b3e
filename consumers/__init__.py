"""The consumers part of deskledger."""
