"""Commands on the feed for services."""
