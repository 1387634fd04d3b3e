"""Records judged, stored and read again in SQLite."""
