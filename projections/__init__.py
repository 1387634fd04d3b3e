"""The projections part of deskledger."""
