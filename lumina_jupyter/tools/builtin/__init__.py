"""The tools that Lumina brings, one module a group."""
