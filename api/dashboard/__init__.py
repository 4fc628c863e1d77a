"""The officers' page: what a commune, a hamlet or a district looks at every week, as data and as pictures."""
