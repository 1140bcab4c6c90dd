from . import explain, guard, providers, redact, sender, transport

redact.install()
