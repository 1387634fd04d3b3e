"""The group: agents who share a queue."""
