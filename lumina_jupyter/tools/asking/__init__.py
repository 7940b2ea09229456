"""What a tool, or an MCP server, may ask in the middle of a call, who answers it, and within which limits."""
