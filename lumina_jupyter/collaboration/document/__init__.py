"""A notebook's cells as one shared document, and the operations that change them by id and hash."""
