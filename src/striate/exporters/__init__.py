"""Networks to files."""
