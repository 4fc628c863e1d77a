"""Plan items and money."""
