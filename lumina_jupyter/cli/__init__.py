"""Face 4: the `lumina` command. One command a file in `commands`; `main` is the entry point."""

from .app import main

__all__ = ["main"]
