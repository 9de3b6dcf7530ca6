"""Lens results and arrays to text, pictures and JSON; computes nothing about networks."""
