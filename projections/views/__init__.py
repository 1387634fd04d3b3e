"""Saved views: documents put together as parameterised SQL, and their pages and counts."""
