"""The commune's service: the domain as folders, the plumbing as files."""
