"""What speaks MCP, on the official SDK. Importing it takes half a second: it is done in a thread, on first use."""
