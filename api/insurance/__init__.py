"""The monthly list of increases and decreases of health insurance."""
