"""Backups: taken while the service runs, proved by restoring them, and restored without touching what was there."""
