"""Official reports: the forms of the circular, their editions, and handing them in."""
