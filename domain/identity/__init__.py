"""The identity: one address, and the customer that it leads to."""
