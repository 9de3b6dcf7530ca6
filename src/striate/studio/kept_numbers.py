"""Numbers that are too many for a link: kept while the server runs, and named in the link by a short id."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

import numpy as np

from striate.errors import MessageError
from striate.graph import Array

# An address carries so many numbers itself.
LINKED = 1500
# All together; the oldest go when there are more.
_BYTES = 2**26


def fingerprint(array: Array) -> str:
    """A short text, the same for the same numbers."""
    facts = f"{array.dtype}{array.shape}".encode()
    return hashlib.blake2b(facts + array.tobytes(), digest_size=8).hexdigest()


class KeptNumbers:
    """Arrays by a short id, the same for the same numbers; used by several threads."""

    def __init__(self) -> None:
        self._arrays: OrderedDict[str, Array] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, array: Array | None) -> str:
        """Keeps an array that a link cannot carry; gives its id, and "" for one that it can."""
        if array is None or array.size <= LINKED:
            return ""
        kept = np.array(array, order="C")
        made = fingerprint(kept)
        with self._lock:
            self._arrays[made] = kept
            self._arrays.move_to_end(made)
            while sum(each.nbytes for each in self._arrays.values()) > _BYTES and len(self._arrays) > 1:
                self._arrays.popitem(last=False)
        return made

    def find(self, id: str) -> Array:
        """The array of that id.

        Raises:
            MessageError: It is not kept.
        """
        with self._lock:
            found = self._arrays.get(id)
            if found is None:
                raise MessageError(
                    f'the numbers "{id[:20]}" of this link are not here: a link with more than {LINKED:,} numbers '
                    "holds only while the studio runs that gave it"
                )
            self._arrays.move_to_end(id)
            return found
