"""What is told of Lumina at work, and what never is: `redaction` takes keys out of text and logs."""
