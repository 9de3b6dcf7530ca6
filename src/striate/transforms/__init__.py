"""Passes over a graph, one a file; each takes a graph and returns a new one that computes the same."""
