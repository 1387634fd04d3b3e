"""A desk with a made-up story, told from a seed: the after-sales service of a manufacturer."""
