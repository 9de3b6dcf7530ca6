"""The studio: every map of a network and the sum behind every number, in a browser.

A thin face: whatever it shows comes from the Python API. ``serve`` starts it.
"""
