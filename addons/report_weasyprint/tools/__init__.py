"""What prints: ``pool`` of the process that asks, ``layout`` of its children."""
