"""What is kept of a search on the disk, so that nothing is paid for twice."""
