"""Follows a number of a network down to the input, along the largest contributions."""

from striate.lenses.trace.chain import Followed, Level, Link, Trace
from striate.lenses.trace.lens import trace

__all__ = ["Followed", "Level", "Link", "Trace", "trace"]
