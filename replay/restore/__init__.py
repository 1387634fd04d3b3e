"""A desk made again from what was exported of it."""
