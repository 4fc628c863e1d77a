"""The administrative tree, as dated data: levels are rows, not columns."""
