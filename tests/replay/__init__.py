"""Playing back what real providers sent: the recordings, a loopback server, an independent reading, a comparison."""
