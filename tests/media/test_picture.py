"""Images: the standard way into a network, every mode, and each bad input with one clear error."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from striate.errors import MediaError, ParameterError
from striate.media import image, picture

RNG = np.random.default_rng(0)
COLOURS = RNG.integers(0, 256, (60, 90, 3), np.uint8)


def saved(tmp_path, found, name="a.png", **options):
    found.save(tmp_path / name, **options)
    return tmp_path / name


@pytest.mark.parametrize(("height", "width"), [(300, 500), (500, 300), (256, 256), (100, 131), (333, 334)])
def test_the_standard_way_for_imagenet(height, width):
    source = Image.fromarray(RNG.integers(0, 256, (height, width, 3), np.uint8))
    # torchvision's Resize(256), CenterCrop(224), ToTensor, Normalize, written out
    short, long = (width, height) if width <= height else (height, width)
    new_short, new_long = 256, int(256 * long / short)
    new_w, new_h = (new_short, new_long) if width <= height else (new_long, new_short)
    resized = np.asarray(source.resize((new_w, new_h), Image.Resampling.BILINEAR), np.float64)
    top, left = round((new_h - 224) / 2.0), round((new_w - 224) / 2.0)
    cropped = resized[top : top + 224, left : left + 224] / 255
    truth = (cropped - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    result = image(source)
    assert result.shape == (1, 3, 224, 224)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result[0].transpose(1, 2, 0), truth, atol=1e-5)


def test_mobilenet_sized_photo(shared):
    path = sorted((shared / "data" / "imagenet20").glob("*.jpg"))[0]
    assert image(path).shape == (1, 3, 224, 224)


def test_other_ways():
    unit = image(COLOURS, size=None, preprocess="unit")
    np.testing.assert_allclose(unit[0].transpose(1, 2, 0) * 255, COLOURS, atol=1e-4)
    np.testing.assert_array_equal(image(COLOURS, size=None, preprocess=None), unit)
    np.testing.assert_allclose(image(COLOURS, size=None, preprocess="signed"), unit * 2 - 1, atol=1e-6)
    grey = image(COLOURS, size=32, preprocess="grey")
    assert grey.shape == (1, 1, 32, 32)
    assert image(COLOURS, size=(20, 50), preprocess="unit").shape == (1, 3, 20, 50)


def test_exif_orientation(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    path = saved(tmp_path, Image.fromarray(COLOURS), exif=exif)
    np.testing.assert_array_equal(picture(path), np.rot90(COLOURS, -1))


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "CMYK", "YCbCr", "HSV", "I;16"]
)
def test_modes(mode):
    grey = np.full((4, 5), 255, np.uint8)
    if mode == "I;16":
        found = Image.fromarray(grey.astype(np.uint16) * 257)
    elif mode in ("La", "RGBa"):
        found = Image.fromarray(grey).convert({"La": "LA", "RGBa": "RGBA"}[mode]).convert(mode)
    else:
        found = Image.fromarray(grey).convert("RGB").convert({"PA": "P"}.get(mode, mode)).convert(mode)
    np.testing.assert_array_equal(picture(found), np.full((4, 5, 3), 255))


def test_sixteen_bits_are_scaled(tmp_path):
    deep = np.array([[0, 32896, 65535]], np.uint16)
    path = saved(tmp_path, Image.fromarray(deep))
    np.testing.assert_array_equal(picture(path)[0, :, 0], [0, 128, 255])


def test_transparent_parts_are_white(tmp_path):
    clear = np.zeros((2, 2, 4), np.uint8)
    clear[0, 0] = [200, 0, 0, 255]
    result = picture(saved(tmp_path, Image.fromarray(clear)))
    np.testing.assert_array_equal(result[0, 0], [200, 0, 0])
    np.testing.assert_array_equal(result[1, 1], [255, 255, 255])
    palette = Image.fromarray(np.zeros((2, 2), np.uint8)).convert("P")
    np.testing.assert_array_equal(picture(saved(tmp_path, palette, "p.png", transparency=0))[0, 0], [255, 255, 255])


@pytest.mark.parametrize(
    "scale", [(np.uint8, 255), (np.uint16, 65535), (np.float64, 1), (np.bool_, 1), (np.int64, 255)]
)
def test_arrays(scale):
    dtype, white = scale
    np.testing.assert_array_equal(picture(np.full((2, 3), white, dtype)), np.full((2, 3, 3), 255))


def bomb(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


def png(quality="PNG"):
    data = io.BytesIO()
    Image.fromarray(COLOURS).save(data, quality)
    return data.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty (0 bytes)"),
        (b"hello, this is no image", "is not an image of a known format"),
        (png()[: len(png()) // 2], "is damaged or truncated"),
        (png("JPEG")[:700], "is damaged or truncated"),
        (bomb(11_000, 11_000), "has size 11000 x 11000, more than the limit of 100000000 pixels"),
        (bomb(90_000, 90_000), "more than the limit of 100000000 pixels"),
        (bomb(900, 900), "is damaged or truncated"),
    ],
    ids="empty text half_a_png half_a_jpeg large bomb lying".split(),
)
def test_bad_files(tmp_path, content, message):
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(MediaError) as error:
        image(path)
    assert message in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_random_damage_gives_a_media_error_or_an_image(tmp_path):
    for kind in ("PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP"):
        data = png(kind)
        for seed in range(40):
            rng = np.random.default_rng(seed)
            broken = bytearray(data)
            for _ in range(rng.integers(1, 8)):
                broken[rng.integers(len(broken))] = rng.integers(256)
            path = tmp_path / "a"
            path.write_bytes(bytes(broken[: rng.integers(1, len(broken))] if seed % 2 else broken))
            try:
                result = image(path, size=32)
            except MediaError:
                continue
            assert result.shape == (1, 3, 32, 32)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nowhere.png", 'image "nowhere.png" does not exist; check the path'),
        (".", 'image "." is a folder, expected a file'),
        ("a\0b", "does not exist"),
        (np.zeros((0, 4)), "image has size 4 x 0: it is empty"),
        (np.zeros((4, 4, 7)), "image has shape (4, 4, 7), expected (h, w) or (h, w, c) with 1 to 4 channels"),
        (np.full((4, 4), np.nan), "image has values from nan to nan, expected 0 to 1 in floating point"),
        (np.full((4, 4), 3.0), "image has values from 3.0 to 3.0, expected 0 to 1"),
        (np.full((4, 4), 300), "image has values from 300 to 300, expected 0 to 255"),
        (np.full((4, 4), None), "image holds object, expected numbers"),
        (np.zeros((1, 1_000_000), np.uint8), "is too elongated"),
    ],
)
def test_bad_sources(source, message):
    with pytest.raises(MediaError) as error:
        image(source)
    assert message in str(error.value)


def test_bad_options():
    with pytest.raises(
        ParameterError, match=r'preprocess \(="vgg"\) must be one of imagenet, unit, signed, grey or None'
    ):
        image(COLOURS, preprocess="vgg")
    with pytest.raises(ParameterError, match=r"size \(=0\) must be positive"):
        image(COLOURS, size=0)


@pytest.mark.parametrize("size", [(None, None), (8, None), (8,), (8, 8, 8), (8.0, 8)])
def test_size_is_two_numbers(size):
    with pytest.raises(ParameterError, match=r"size \(=.*\) must be a number, \(height, width\), or None"):
        image(np.zeros((9, 9)), size=size)
