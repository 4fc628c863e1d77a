"""Requests to be reviewed, review rounds with their lists, and reviews."""
