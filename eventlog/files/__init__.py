"""The files of a desk: how they are made whole, opened, and told from others'."""
