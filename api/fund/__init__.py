"""The Fund for the poor: a public account."""
