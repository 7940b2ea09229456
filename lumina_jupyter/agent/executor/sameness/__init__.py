"""Whether code that was rewritten does what it did: what it shows, and what it leaves in the names that it binds."""
