"""The usual commits on tickets, read as they are typed; see `commit`."""
