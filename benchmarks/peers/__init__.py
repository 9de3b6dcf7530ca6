"""The libraries that race, one a file."""
