"""The folder in which what the engine makes is kept from one process to the next."""

from __future__ import annotations

import os
import sys
from pathlib import Path

VARIABLE = "STRIATE_CACHE"


def cache_folder() -> Path:
    """STRIATE_CACHE, or the user's cache folder."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "striate" / "kernels"
