"""Reports that people read: a period's figures in the terminal, and as a page with charts."""
