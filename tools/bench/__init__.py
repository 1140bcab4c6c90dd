"""``./run bench``: how fast, as a ratio against a peer in the same run."""
