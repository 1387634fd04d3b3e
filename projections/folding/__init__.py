"""The present of a few tickets, worked out event by event for a small batch."""
