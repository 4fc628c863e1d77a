"""Poverty standards as dated, cited data, and the pure rules that score a household by them."""
