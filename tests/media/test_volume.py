"""Volumes from NumPy files, pages and slices."""

import numpy as np
import pytest
from PIL import Image

from striate.errors import MediaError, ParameterError
from striate.media import volume

CELLS = np.random.default_rng(0).integers(0, 256, (12, 4, 5), np.uint8)


def slices(folder, cells=CELLS):
    for number, cell in enumerate(cells):
        Image.fromarray(cell).save(folder / f"slice{number}.png")  # slice10 comes after slice9
    return folder


def test_sources(tmp_path):
    np.save(tmp_path / "a.npy", CELLS)
    np.savez_compressed(tmp_path / "a.npz", CELLS)
    pages = [Image.fromarray(cell) for cell in CELLS]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    (tmp_path / "folder").mkdir()
    slices(tmp_path / "folder")
    for source in (tmp_path / "a.npy", tmp_path / "a.npz", tmp_path / "a.tif", tmp_path / "folder", CELLS):
        result = volume(source)
        assert result.dtype == np.float32
        assert result.shape == (1, 1, 12, 4, 5)
        np.testing.assert_array_equal(result[0, 0], CELLS)


def test_unit():
    np.testing.assert_allclose(volume(CELLS, preprocess="unit")[0, 0], CELLS / 255, atol=1e-6)
    deep = CELLS.astype(np.uint16) * 257
    np.testing.assert_allclose(volume(deep, preprocess="unit")[0, 0], CELLS / 255, atol=1e-6)
    np.testing.assert_allclose(volume(CELLS / 7, preprocess="unit")[0, 0], CELLS / 7, atol=1e-5)


def test_sixteen_bit_pages_keep_their_values(tmp_path):
    deep = CELLS.astype(np.uint16) * 200
    pages = [Image.fromarray(cell) for cell in deep]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    np.testing.assert_array_equal(volume(tmp_path / "a.tif")[0, 0], deep)


def test_bad_input(tmp_path):
    with pytest.raises(MediaError, match="is a folder without images"):
        volume(tmp_path)
    slices(tmp_path)
    Image.fromarray(np.zeros((9, 9), np.uint8)).save(tmp_path / "slice3.png")
    with pytest.raises(MediaError, match=r"slice3.png has size \(9, 9\), expected \(4, 5\) as slice0.png"):
        volume(tmp_path)
    np.savez(tmp_path / "two.npz", a=CELLS, b=CELLS)
    with pytest.raises(MediaError, match=r"holds 2 arrays \(a.npy, b.npy\), expected one"):
        volume(tmp_path / "two.npz")
    with pytest.raises(MediaError, match=r"has shape \(3, 3\), expected \(d, h, w\)"):
        volume(np.zeros((3, 3)))
    with pytest.raises(MediaError, match=r"holds nan at \(0, 1, 0\)"):
        volume(np.array([[[1], [np.nan]]]))
    with pytest.raises(MediaError, match="more than the limit of 536870912 values"):
        volume(np.broadcast_to(np.uint8(0), (1000, 1000, 1000)))
    with pytest.raises(ParameterError, match="preprocess"):
        volume(CELLS, preprocess="zero")
    (tmp_path / "a.tif").write_bytes(b"II*\0" + b"\xff" * 20)
    with pytest.raises(MediaError, match=r"a\.tif"):
        volume(tmp_path / "a.tif")
