"""The owner of the tables, as a process of its own."""
