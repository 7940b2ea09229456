"""`lumina doctor`: one kind of check a file; each gives findings, and `examination` runs them all."""
