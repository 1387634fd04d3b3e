"""Commands that do a desk's roles, and what they tell of themselves."""
