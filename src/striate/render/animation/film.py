"""Frames as GIF and MP4."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from striate.errors import MissingDependencyError, OutputError
from striate.render.animation.frame import Frames
from striate.render.animation.raster import raster

Progress = Callable[[int, int, str], None]
# How long the last frame stays, in seconds.
REST = 2.5
# Of a GIF's 256 colours, how many are simply the commonest.
COMMONEST = 160


def pictures(frames: Frames, progress: Progress | None = None) -> Iterator[Image.Image]:
    """The frames one after the other."""
    for number in range(len(frames)):
        if progress is not None:
            progress(number, len(frames), "")
        yield raster(frames.scene(number), frames.scale)


def write_gif(frames: Frames, fps: float, file: BinaryIO, progress: Progress | None = None) -> None:
    """Writes a GIF that repeats; all frames have the colours of one palette, so that nothing flickers.

    Args:
        frames: What is written.
        fps: Frames a second.
        file: Where to.
        progress: Told (frames done, frames in all, "").
    """
    palette = _Palette(frames)
    made = (palette.indexed(picture) for picture in pictures(frames, progress))
    first = next(made)
    # GIF counts in hundredths of a second.
    each = max(2, round(100 / fps)) * 10
    durations = [each] * (len(frames) - 1) + [max(each, round(REST * 1000))]
    first.save(file, "GIF", save_all=True, append_images=made, duration=durations, loop=0, disposal=1)


class _Palette:
    """The commonest colours of the first, the middle and the last frame: areas keep theirs to the bit.

    The other places go to colours that are far from all those, so that a scale's ends are there as well, however small.
    Pillow's own search for the nearest colour is coarse, and would tint the page.
    """

    def __init__(self, frames: Frames) -> None:
        numbers = sorted({0, len(frames) // 2, len(frames) - 1})
        found = np.concatenate([_packed(raster(frames.scene(number), frames.scale)).reshape(-1) for number in numbers])
        colours, counts = np.unique(found, return_counts=True)
        kept = _covering(colours[np.argsort(-counts, kind="stable")])
        self._parts = _unpacked(kept)
        # -1 for a colour that has not been looked for yet.
        self._places = np.full(1 << 24, -1, np.int16)
        self._places[kept] = np.arange(len(kept))

    def indexed(self, picture: Image.Image) -> Image.Image:
        """A frame in the palette's colours."""
        packed = _packed(picture)
        new = np.unique(packed[self._places[packed] < 0])
        parts = _unpacked(new)
        for start in range(0, len(new), 1024):
            some = parts[start : start + 1024, None] - self._parts[None]
            self._places[new[start : start + 1024]] = np.argmin((some**2).sum(axis=2), axis=1)
        made = Image.fromarray(self._places[packed].astype(np.uint8), "P")
        made.putpalette(self._parts.astype(np.uint8).tobytes())
        return made


def _covering(colours: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """256 of some colours, the commonest first: those, then ever the one that is farthest from all that are kept."""
    if len(colours) <= 256:
        return colours
    parts, kept = _unpacked(colours), list(range(COMMONEST))
    apart = np.full(len(colours), np.iinfo(np.int32).max, np.int32)
    for place in range(256):
        if place >= COMMONEST:
            kept.append(int(np.argmax(apart)))
        apart = np.minimum(apart, ((parts - parts[kept[place]]) ** 2).sum(axis=1))
    return colours[kept]


def _unpacked(colours: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Red, green and blue of each packed colour."""
    return np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1)


def _packed(picture: Image.Image) -> npt.NDArray[np.int32]:
    """Each pixel as one number."""
    parts = np.asarray(picture).astype(np.int32)
    return parts[..., 0] << 16 | parts[..., 1] << 8 | parts[..., 2]


def write_mp4(frames: Frames, fps: float, file: BinaryIO, progress: Progress | None = None) -> None:
    """Writes an MP4 (H.264) with the program ffmpeg.

    Raises:
        MissingDependencyError: There is no ffmpeg.
        OutputError: It failed; the message holds its last line.
    """
    program = shutil.which("ffmpeg")
    if program is None:
        raise MissingDependencyError(
            "writing .mp4 needs the program ffmpeg, which is not on the PATH; install it, or write .gif instead"
        )
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "film.mp4"
        with (Path(folder) / "said").open("w+b") as said:
            status = _encode([program, *_options(frames, fps), str(made)], frames, said, progress)
            said.seek(0)
            lines = said.read().decode(errors="replace").split("\n")
        if status or not made.exists():
            last = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
            raise OutputError(f"ffmpeg failed with status {status}: {last}; write .gif instead")
        with made.open("rb") as source:
            shutil.copyfileobj(source, file)


def _options(frames: Frames, fps: float) -> list[str]:
    width, height = frames.size
    given = ["-y", "-loglevel", "error", "-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{width}x{height}"]
    # H.264 wants even sides; players want a usual rate, and some show nothing of a last frame that only just appears.
    shape = f"tpad=stop_mode=clone:stop_duration={REST},fps=30,pad=ceil(iw/2)*2:ceil(ih/2)*2"
    made = ["-vf", shape, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "18", "-movflags", "+faststart"]
    return [*given, "-framerate", f"{fps:g}", "-i", "-", *made]


def _encode(command: list[str], frames: Frames, said: BinaryIO, progress: Progress | None) -> int:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said) as encoder:
        assert encoder.stdin is not None
        try:
            for picture in pictures(frames, progress):
                encoder.stdin.write(picture.tobytes())
            encoder.stdin.close()
        except BrokenPipeError:
            pass  # it has ended early, and its status says so
        except BaseException:
            encoder.kill()
            raise
        return encoder.wait()
