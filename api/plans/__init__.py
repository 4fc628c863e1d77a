"""The yearly plan of a commune and its targets."""
