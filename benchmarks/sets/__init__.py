"""What is raced, one set of cases a file."""
