"""The desk's keys: kept in a file of their own, wrapped by the desk key, and what they seal."""
