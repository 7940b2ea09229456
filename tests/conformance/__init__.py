"""The protocol's own conformance suite, run against Lumina as a client and as a server: `python -m tests.conformance`."""
