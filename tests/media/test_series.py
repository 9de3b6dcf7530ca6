"""Signals from text, NumPy and WAV files."""

import wave

import numpy as np
import pytest

from striate.errors import MediaError, ParameterError, UnknownNameError
from striate.media import signal


def written(tmp_path, text, name="a.csv"):
    path = tmp_path / name
    path.write_text(text) if isinstance(text, str) else path.write_bytes(text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n3,4\n5,6\n",
        "1;2\n3;4\n5;6",
        "1,0;2,0\n3;4\n5,00;6",
        "a;b, volts\n1,0;2\n3;4\n5;6",
        "1\t2\n3\t4\n5\t6\n",
        "# note\n1 2\n 3  4 \n\n5 6",
        "\ufeff1,2\n3,4\n5,6\n",
    ],
)
def test_text(tmp_path, text):
    result = signal(written(tmp_path, text))
    assert result.dtype == np.float32
    np.testing.assert_array_equal(result, [[[1, 3, 5], [2, 4, 6]]])


def test_a_comma_between_semicolons_is_a_decimal_point_and_no_part_of_a_name_is(tmp_path):
    path = written(tmp_path, "time;voltage, V\n0,5;-1,25\n1;2,5e1\n")
    np.testing.assert_array_equal(signal(path, "voltage, V"), [[[-1.25, 25]]])
    with pytest.raises(MediaError, match='column 2: "1,2,3" is not a number'):
        signal(written(tmp_path, "1;2\n1;1,2,3\n"))


def test_columns(tmp_path):
    path = written(tmp_path, '"time","left","right"\n0,1,2\n1,3,4\n')
    np.testing.assert_array_equal(signal(path, ["right", "left"]), [[[2, 4], [1, 3]]])
    np.testing.assert_array_equal(signal(path, 1), [[[1, 3]]])
    with pytest.raises(UnknownNameError, match='did you mean "right"'):
        signal(path, "rihgt")
    with pytest.raises(ParameterError, match=r"column \(=3\) must be from 0 to 2"):
        signal(path, [3])


def test_npy_and_arrays(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(6.0).reshape(3, 2))
    assert signal(tmp_path / "a.npy").shape == (1, 2, 3)
    np.testing.assert_array_equal(signal([1, 2, 3]), [[[1, 2, 3]]])


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_wav(tmp_path, width):
    peak = 2 ** (8 * width - 1)
    left, right = [0, peak // 2, -peak], [0, -peak // 2, peak // 4]
    samples = [s + (128 if width == 1 else 0) for pair in zip(left, right, strict=True) for s in pair]
    with wave.open(str(tmp_path / "a.wav"), "wb") as recording:
        recording.setnchannels(2)
        recording.setsampwidth(width)
        recording.setframerate(8000)
        recording.writeframes(b"".join(s.to_bytes(width, "little", signed=width > 1) for s in samples))
    np.testing.assert_array_equal(signal(tmp_path / "a.wav"), [[[0, 0.5, -1], [0, -0.5, 0.25]]])


def test_real_sensors(shared):
    path = next((shared / "data" / "cmapss").glob("train_FD001*"))
    result = signal(path, range(5, 22))
    assert result.shape[:2] == (1, 17)


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("", "a.csv", "is empty (0 bytes)"),
        ("# only a note\n", "a.csv", "holds no numbers"),
        ("a,b\n", "a.csv", "holds names but no numbers"),
        ("1,2\n3\n", "a.csv", "line 2: 1 columns, expected 2 as before"),
        ("1,2\n3,x\n", "a.csv", 'line 2, column 2: "x" is not a number'),
        ("1,2\n3,\n", "a.csv", "line 2, column 2: the field is empty"),
        ("1\nnan\n", "a.csv", "holds nan at (1, 0), expected finite numbers"),
        ("1\n1e300\n", "a.csv", "holds 1e+300 at (1, 0), expected finite numbers"),
        (b"\xff\xfe\x00\x01", "a.csv", "is not text; expected columns of numbers, .npy or .wav"),
        (b"RIFFxxxx", "a.wav", "is not a WAV file of PCM samples, or damaged"),
        (b"\x93NUMPY\x01\x00", "a.npy", "is not a NumPy file of numbers, or damaged"),
        (b"PK\x03\x04junk", "a.npz", "is not a NumPy file of numbers, or damaged"),
    ],
)
def test_bad_files(tmp_path, text, name, message):
    path = written(tmp_path, text, name)
    with pytest.raises(MediaError) as error:
        signal(path)
    assert message in str(error.value)
    assert str(path) in str(error.value)


def test_bad_arrays(tmp_path):
    with pytest.raises(MediaError, match=r"has shape \(1, 2, 3\), expected \(l,\) or \(l, c\)"):
        signal(np.zeros((1, 2, 3)))
    np.save(tmp_path / "o.npy", np.array([{}]), allow_pickle=True)
    with pytest.raises(MediaError, match="is not a NumPy file of numbers"):
        signal(tmp_path / "o.npy")
    with pytest.raises(MediaError, match=r'signal "nowhere.csv" does not exist'):
        signal("nowhere.csv")


def test_a_header_that_lies_allocates_nothing(tmp_path):
    header = np.lib.format.header_data_from_array_1_0(np.zeros(1))
    with (tmp_path / "a.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {**header, "shape": (10**12,)})
    with pytest.raises(MediaError, match="damaged"):
        signal(tmp_path / "a.npy")
