"""Commands by which history comes to a desk, and a desk leaves."""
