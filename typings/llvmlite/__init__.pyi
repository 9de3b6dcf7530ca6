"""Types of the part of llvmlite that striate uses; llvmlite itself has none."""

__version__: str
