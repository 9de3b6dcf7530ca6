"""Races of striate's engine against the libraries that can be installed beside it; see docs/guides/speed.md."""
