"""Where a document is: in a live room, or over a file."""
