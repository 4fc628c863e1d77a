"""`make season`: a field season of many tablets on bad lines, played against a real server, and reckoned up."""
