"""What the studio takes from its page, and no more."""

from __future__ import annotations

from dataclasses import dataclass

from striate.media.files import LARGEST_VALUES


@dataclass(frozen=True)
class Limits:
    """Bounds on what a page can ask for.

    Args:
        upload_bytes: Of one uploaded file.
        uploads: Uploaded files that wait to be opened.
        waiting_bytes: Of all files that wait to be opened.
        upload_seconds: How long an upload waits to be opened.
        picture_pixels: Of an image, before it is resized.
        values: Numbers of a signal or volume.
        networks: Open at once.
        inputs: Open at once.
        tabs: Connected at once.
        painted: Numbers of one painted patch.
        frame_bytes: Of one message from the page.
        requests: Of one tab, waiting or under way.
        edits: That a tab can take back, one by one.
        runs_bytes: Of runs that are kept for the next question, beside the one that was asked last.
        grace_seconds: How long what a closed tab held is kept for a page that is loaded again.
    """

    upload_bytes: int = 2**30
    uploads: int = 64
    waiting_bytes: int = 2**31
    upload_seconds: float = 600.0
    picture_pixels: int = 50_000_000
    values: int = min(LARGEST_VALUES, 2**27)
    networks: int = 16
    inputs: int = 64
    tabs: int = 32
    painted: int = 2**22
    frame_bytes: int = 2**26
    requests: int = 512
    edits: int = 64
    runs_bytes: int = 2**31
    grace_seconds: float = 10.0
