"""The app part of deskledger."""
