from . import test_sealed_tokens
