"""The register: households, their members, moves, splits and merges."""
