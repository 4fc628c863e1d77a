"""Requests to be reviewed, review rounds, and recognitions (the only source of a household's class)."""
