"""Money: what was approved, committed, disbursed and settled, by budget line."""
