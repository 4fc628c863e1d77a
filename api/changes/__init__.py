"""What changed: the history of every record and the feed other systems and tablets read."""
