"""The routes, one module per resource; each reads a request, asks the engine, writes the answer."""
