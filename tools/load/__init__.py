"""``./run load``: many people's day at once, and the result."""
