"""The studio in a real browser: what the end-to-end tests, the documentation's pictures and the benchmark stand on."""
