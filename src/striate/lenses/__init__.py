"""One question about a network a file: pure functions that give frozen results."""
