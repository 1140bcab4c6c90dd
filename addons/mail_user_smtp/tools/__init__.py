from . import explain, guard, presets, redact, sender, transport

redact.install()
