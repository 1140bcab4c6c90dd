"""What our own code says in a context, and nobody who calls can."""

# Programs give a context along with a call, as JSON or XML: neither can name this.
OURS = object()
