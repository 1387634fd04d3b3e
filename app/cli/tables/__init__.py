"""Commands on the tables, as they are and as they were."""
