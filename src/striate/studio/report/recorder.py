"""Asks the studio's own answer functions and keeps what they say as frames, for a page that has no server to ask."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping

import numpy as np

from striate.graph import Array
from striate.studio.answers import ANSWERS
from striate.studio.answers.session import Session
from striate.studio.frames import write_frame
from striate.studio.protocol import EXCHANGES, Answer
from striate.studio.single import Single
from striate.studio.store import COMMAND_LINE
from striate.studio.work import Work

# What the page finds an answer by; ids of run and request mean nothing to it.
_LEFT_OUT = {"id", "type", "lane", "network", "input", "original"}
_ALIGNMENT = 8


class Recorder:
    """Records exchanges about one run.

    Args:
        single: The run.
    """

    def __init__(self, single: Single) -> None:
        self._single = single
        self._session = Session(single.store, COMMAND_LINE)
        self._frames: dict[tuple[str, str], bytes] = {}

    def ask(
        self, kind: str, fields: Mapping[str, object] | None = None, quantised: bool = False
    ) -> tuple[Answer, Mapping[str, Array]]:
        """Asks, and keeps the answer; the same question is kept once.

        Args:
            kind: Type of the request.
            fields: Its other fields.
            quantised: Keep its maps in 255 levels each, see :func:`quantise`.

        Returns:
            The answer with its arrays as they were before they were quantised.

        Raises:
            StriateError: What was asked for does not exist.
        """
        request_type = EXCHANGES[kind][0]
        names = request_type.model_fields
        about = {"network": self._single.network, "input": self._single.input}
        given = {"id": 1, "type": kind, **{name: value for name, value in about.items() if name in names}}
        request = request_type.model_validate(given | dict(fields or {}))
        answer, arrays = ANSWERS[kind](self._session, request, {}, Work())
        asked = request.model_dump(mode="json", exclude=_LEFT_OUT)
        head = json.loads(answer.model_dump_json()) | {"asked": asked}
        kept = arrays
        if quantised:
            head["quantised"] = True
            kept = quantise(arrays)
        key = (kind, json.dumps(asked, sort_keys=True))
        self._frames[key] = write_frame(json.dumps(head, separators=(",", ":")), kept)
        return answer, arrays

    def packed(self) -> bytes:
        """All frames, each behind its length, deflated."""
        parts: list[bytes] = []
        for frame in self._frames.values():
            parts += [len(frame).to_bytes(_ALIGNMENT, "little"), frame, bytes(-len(frame) % _ALIGNMENT)]
        return zlib.compress(b"".join(parts), 9)


def quantise(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Maps in 255 levels each instead of float32, as the page's ``recorded.ts`` reads them.

    0 stands for NaN and infinity. Of a map with a negative number 128 is zero, and 1 and 255 are its largest magnitude;
    of any other 1 is zero and 255 its greatest number.

    Args:
        arrays: "maps" (count, *drawn) or "map" (*drawn), and "extents" (count, 2) of the whole maps.

    Exactness: zero stays zero; all else is within 1/250 of its map's largest magnitude.

    Example:
        >>> maps = np.array([[-1.0, 0.0, 0.5], [0.0, 2.0, np.nan]], np.float32)
        >>> quantise({"maps": maps, "extents": np.array([[-1.0, 0.5], [0.0, 2.0]])})["maps"].tolist()
        [[1, 128, 192], [1, 255, 0]]
    """
    maps, extents = arrays["maps"], arrays["extents"]
    low, high = (extents[:, i].reshape(-1, *(1,) * (maps.ndim - 1)) for i in range(2))
    signed = low < 0
    reach = np.where(signed, np.maximum(-low, high), high)
    reach = np.where(np.isfinite(reach) & (reach > 0), reach, 1.0)
    with np.errstate(invalid="ignore", over="ignore"):
        share = maps / reach
        levels = np.where(signed, 128 + 127 * share, 1 + 254 * share)
        codes = np.where(np.isfinite(maps), np.clip(np.rint(levels), 1, 255), 0)
    return {**arrays, "maps": codes.astype(np.uint8)}
