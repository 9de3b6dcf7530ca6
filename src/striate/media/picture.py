"""Images: any file that Pillow reads, upright and in plain colours; and the batch of one that a network takes."""

from __future__ import annotations

import os
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import numpy.typing as npt

from striate.arithmetic import whole_numbers
from striate.errors import MediaError, MissingDependencyError, ParameterError
from striate.graph import Array
from striate.media.files import LARGEST_VALUES, existing_file, given_array

if TYPE_CHECKING:
    from PIL.Image import Image

Preprocess = Literal["imagenet", "unit", "signed", "grey"]
Source = str | os.PathLike[str] | npt.ArrayLike

# The most pixels that an image may have, before and after it is resized.
LARGEST_PIXELS = 100_000_000
# Mean and standard deviation of the ImageNet training set, per colour, for values from 0 to 1.
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)


def image(
    source: Source, size: int | tuple[int, int] | None = 224, preprocess: Preprocess | None = "imagenet"
) -> Array:
    """Reads an image and makes of it what an image network takes: a batch of one, channels first.

    The standard way: the shorter side is resized to ``256/224`` of the size (bilinear, antialiased, by Pillow), the
    centre cut out, and the values scaled as ``preprocess`` says.

    Args:
        source: Path of an image file, a PIL image, or an array (h, w) or (h, w, c), c from 1 to 4: 8-bit, 16-bit, or
            floating point from 0 to 1.
        size: Side of the square in pixels; or (height, width), which is filled without the margin; or None for the
            image's own size.
        preprocess: "imagenet": 0 to 1, then minus the mean and divided by the standard deviation of each colour;
            "unit" or None: 0 to 1; "signed": -1 to 1; "grey": one channel, 0 to 1.

    Returns:
        Float32, (1, 3, size, size), or (1, 1, size, size) for "grey". Transparent parts are white.

    Raises:
        MediaError: The image is missing, damaged, not an image, empty or larger than 100 million pixels.
        ParameterError: Size or preprocess is not one of those above.

    Example:
        >>> image(np.zeros((300, 400), np.uint8), size=64, preprocess="unit").shape
        (1, 3, 64, 64)
    """
    if preprocess is not None and preprocess not in get_args(Preprocess):
        raise ParameterError(f'preprocess (="{preprocess}") must be one of {", ".join(get_args(Preprocess))} or None')
    subject, upright = _upright(source)
    fitted = _fit(upright, size, subject)
    values = np.asarray(fitted.convert("L" if preprocess == "grey" else "RGB"), np.float32) / np.float32(255)
    if values.ndim == 2:
        values = values[..., None]
    if preprocess == "imagenet":
        values = (values - np.array(IMAGENET_MEAN, np.float32)) / np.array(IMAGENET_DEVIATION, np.float32)
    elif preprocess == "signed":
        values = values * 2 - 1
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None], np.float32)


def picture(source: Source) -> Array:
    """Reads an image as it is to be seen: upright, in colours, 8-bit.

    Args:
        source: As for :func:`image`.

    Returns:
        Unsigned 8-bit, (h, w, 3). Transparent parts are white.

    Raises:
        MediaError: As for :func:`image`.

    Example:
        >>> picture(np.full((2, 2), 0.5))[0, 0]
        array([128, 128, 128], dtype=uint8)
    """
    return np.array(_upright(source)[1].convert("RGB"))


def _upright(source: Source) -> tuple[str, Image]:
    """What to call the image in a message, and the image, mode L or RGB, turned as its EXIF tag says."""
    try:
        from PIL import Image, ImageOps
    except ImportError as error:
        raise MissingDependencyError("reading images needs Pillow; pip install pillow") from error
    if isinstance(source, Image.Image):
        _require_pixels(source.size, "image")
        return "image", _plain(ImageOps.exif_transpose(source))
    if isinstance(source, (str, os.PathLike)):
        path = existing_file(source, "image")
        subject = f'image "{path}"'
        with _opened(path, subject) as found:
            return subject, _plain(ImageOps.exif_transpose(found))
    return "image", _from_array(given_array(source, "image"))


# What Pillow's readers raise on a damaged file.
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, MemoryError)


@contextmanager
def _opened(path: Path, subject: str) -> Generator[Image]:
    """The image in a file, of a size within the limit; what goes wrong with it inside the block is a MediaError."""
    from PIL import Image, UnidentifiedImageError

    # Pillow warns of odd metadata and of many pixels; what matters of that is an error here, with our own message.
    with warnings.catch_warnings(), path.open("rb") as file:
        warnings.simplefilter("ignore")
        try:
            with Image.open(file) as found:
                _require_pixels(found.size, subject)
                yield found
        except MediaError:
            raise
        except UnidentifiedImageError as error:
            raise MediaError(f"{subject} is not an image of a known format") from error
        except Image.DecompressionBombError as error:
            raise MediaError(f"{subject} has more than the limit of {LARGEST_PIXELS} pixels") from error
        except _DAMAGE as error:
            raise MediaError(f"{subject} is damaged or truncated: {_first_line(error)}") from error


def _require_pixels(size: tuple[int, int], subject: str) -> None:
    width, height = size
    if width * height == 0:
        raise MediaError(f"{subject} has size {width} x {height}: it is empty")
    if width * height > LARGEST_PIXELS:
        raise MediaError(f"{subject} has size {width} x {height}, more than the limit of {LARGEST_PIXELS} pixels")


def _plain(found: Image) -> Image:
    """Mode L or RGB, whatever the mode was; transparent parts on white."""
    from PIL import Image

    if found.mode in ("L", "RGB"):
        return found
    if found.mode.startswith("I") or found.mode == "F":
        return _from_array(_deep(np.asarray(found)))
    if "A" in found.mode or "a" in found.mode or "transparency" in found.info:
        coloured = (found.convert("LA") if found.mode == "La" else found).convert("RGBA")
        white = Image.new("RGBA", coloured.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, coloured).convert("RGB")
    return found.convert("L" if found.mode == "1" else "RGB")


def _deep(values: Array) -> Array:
    """16-bit and floating-point grey as an array that :func:`_from_array` knows how to scale."""
    if values.dtype.kind == "f":
        return values if values.size and values.max() <= 1 else values / 255
    if values.dtype.itemsize > 2 and values.size and (values.min() < 0 or values.max() > 65535):
        raise MediaError(f"image has values from {values.min()} to {values.max()}, expected 16 bits at most")
    return values.astype(np.uint16)


def brightness(values: Array) -> Array:
    """The values of an image as brightness from 0 to 1, not rounded.

    Args:
        values: True and False, 8-bit, 16-bit, other whole numbers from 0 to 255, or floating point from 0 to 1; not
            empty.

    Returns:
        Floating point, of the same shape.

    Raises:
        MediaError: They are other values.

    Example:
        >>> brightness(np.array([0, 51, 255], np.uint8)).tolist()
        [0.0, 0.2, 1.0]
    """
    if values.dtype == np.bool_:
        return values.astype(np.float32)
    if values.dtype == np.uint16:
        return values / 65535
    if values.dtype.kind == "f":
        if not (values.min() >= 0 and values.max() <= 1):  # false for NaN as well
            raise MediaError(
                f"image has values from {values.min()} to {values.max()}, expected 0 to 1 in floating point"
            )
        return values
    if values.dtype.kind not in "iu":
        raise MediaError(f"image holds {values.dtype}, expected numbers")
    if values.min() < 0 or values.max() > 255:
        raise MediaError(f"image has values from {values.min()} to {values.max()}, expected 0 to 255")
    return values / 255


def _from_array(values: Array) -> Image:
    from PIL import Image

    if values.ndim not in (2, 3) or (values.ndim == 3 and values.shape[2] not in (1, 2, 3, 4)):
        raise MediaError(f"image has shape {values.shape}, expected (h, w) or (h, w, c) with 1 to 4 channels")
    _require_pixels((values.shape[1], values.shape[0]), "image")
    if values.dtype != np.uint8:
        values = np.round(brightness(values) * 255).astype(np.uint8)
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[..., 0]
    return _plain(Image.fromarray(np.ascontiguousarray(values)))


def _fit(upright: Image, size: int | tuple[int, int] | None, subject: str) -> Image:
    if size is None:
        return upright
    if isinstance(size, int):
        height = width = size
        margin = 256 / 224
    else:
        height, width = _two_sides(size)
        margin = 1.0
    if height < 1 or width < 1 or height * width > LARGEST_PIXELS:
        raise ParameterError(f"size (={size}) must be positive and at most {LARGEST_PIXELS} pixels in all")
    have_width, have_height = upright.size
    if isinstance(size, int):
        # torchvision's Resize and CenterCrop: the longer side is rounded down, the crop's corner to the nearest
        short = round(size * margin)
        wide, high = (short, int(short * have_height / have_width))
        if have_width > have_height:
            wide, high = (int(short * have_width / have_height), short)
    else:
        factor = max(width / have_width, height / have_height)
        wide, high = max(width, round(have_width * factor)), max(height, round(have_height * factor))
    if wide * high > LARGEST_PIXELS:
        raise MediaError(
            f"{subject} of size {have_width} x {have_height} is too elongated: resized it has {wide} x {high}"
        )
    from PIL import Image

    resized = upright if (wide, high) == upright.size else upright.resize((wide, high), Image.Resampling.BILINEAR)
    left, top = round((wide - width) / 2), round((high - height) / 2)
    return resized.crop((left, top, left + width, top + height))


def _two_sides(size: tuple[int, int]) -> tuple[int, int]:
    wanted = f"size (={size}) must be a number, (height, width), or None for the image's own size"
    sides = whole_numbers(size, wanted)
    if len(sides) != 2:
        raise ParameterError(wanted)
    return sides[0], sides[1]


def open_pages(path: os.PathLike[str]) -> list[Array]:
    """The pages of an image file as grey values (h, w), as deep as the file has them.

    Raises:
        MediaError: The file is missing, damaged, not an image, or all its pages have more than 2**29 pixels.
    """
    from PIL import ImageSequence

    checked = existing_file(path, "image")
    subject = f'image "{checked}"'
    pages: list[Array] = []
    with _opened(checked, subject) as found:
        for page in ImageSequence.Iterator(found):
            if (len(pages) + 1) * page.size[0] * page.size[1] > LARGEST_VALUES:
                raise MediaError(f"{subject} has more than the limit of {LARGEST_VALUES} pixels in all its pages")
            deep = page.mode.startswith("I") or page.mode == "F"
            pages.append(np.array(page if deep else page.convert("L")))
    return pages


def _first_line(error: BaseException) -> str:
    return (str(error) or repr(error)).splitlines()[0]
