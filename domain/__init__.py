"""The domain part of deskledger."""
