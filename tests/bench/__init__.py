"""`make bench`: how fast the sync is, as ratios within one run on one machine."""
