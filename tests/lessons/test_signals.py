"""Made signals are what their formulas say, and an engine's sensors what the file says."""

import numpy as np
import pytest

import striate as st
from striate.errors import MediaError, ParameterError, UnknownNameError
from striate.lessons.signals import SIGNALS


def test_every_made_signal_is_float32_of_its_length_and_the_same_every_time():
    for made in SIGNALS.values():
        for length in (1, 7, 480):
            x = made.make(length)
            assert (x.shape, x.dtype) == ((length,), np.float32)
            assert np.isfinite(x).all()
            assert np.array_equal(x, made.make(length))
        assert getattr(st.lessons, made.name) is made.make


def test_a_heart_beats_once_in_120_samples():
    x = st.lessons.ecg(480)
    assert np.allclose(x[:120], x[120:240], atol=1e-4)
    assert np.argmax(x[:120]) == 48
    assert x.min() < -0.2


def test_the_sensor_rises_and_the_ball_is_hollow():
    x = st.lessons.sensor(400)
    assert x[-40:].mean() > x[:40].mean() + 0.4
    ball = st.lessons.ball(25)
    assert ball[12, 12, 12] < 0.01 < 0.9 < ball[12, 12, 19:21].max()
    assert np.array_equal(ball, ball.transpose(2, 1, 0))


@pytest.mark.parametrize("make", [st.lessons.ecg, st.lessons.sensor, st.lessons.steps, st.lessons.ball])
def test_lengths_are_positive(make):
    with pytest.raises(ParameterError, match="must be a positive whole number"):
        make(0)


def table(path, engines=2, cycles=5, columns=26):
    rng = np.random.default_rng(0)
    rows = [[e + 1, c + 1, *rng.normal(size=columns - 2)] for e in range(engines) for c in range(cycles)]
    for row in rows:
        row[4] = 100.0  # a setting that never changes
    np.savetxt(path, rows)
    return np.array(rows)


def test_an_engine_is_17_channels_scaled_over_all_engines(tmp_path):
    rows = table(tmp_path / "train_FD001.txt")
    x = st.lessons.cmapss(tmp_path / "train_FD001.txt", engine=2)
    assert (x.shape, x.dtype) == ((17, 5), np.float32)
    sensor_2 = rows[:, 6]
    assert np.allclose(x[3], (sensor_2[5:] - sensor_2.min()) / np.ptp(sensor_2), atol=1e-6)
    assert not x[2].any()


def test_chosen_channels_as_they_are_in_the_file(tmp_path):
    rows = table(tmp_path / "train_FD001.txt", engines=3)
    path = tmp_path / "train_FD001.txt"
    x = st.lessons.cmapss(path, 3, ("sensor 21", "setting 2", "sensor 1"))
    low, high = rows.min(axis=0), rows.max(axis=0)
    for channel, column in zip(x, (25, 3, 5), strict=True):
        assert np.allclose(channel * (high - low)[column] + low[column], rows[10:, column], atol=1e-5)
    assert st.lessons.cmapss_engines(path) == {1: 5, 2: 5, 3: 5}
    channels = st.lessons.cmapss_channels(path)
    assert [each.name for each in channels][1:5] == ["setting 2", "setting 3", "sensor 1", "sensor 2"]
    assert (channels[4].meaning, channels[4].unit) == ("T24, total temperature at LPC outlet", "°R")
    assert (channels[4].low, channels[4].high) == pytest.approx((low[6], high[6]))
    assert channels[23].meaning == "W32, LPT coolant bleed"
    with pytest.raises(UnknownNameError, match='no channel "sensor 22"; did you mean'):
        st.lessons.cmapss(path, 1, ["sensor 22"])
    with pytest.raises(ParameterError, match="must name at least one"):
        st.lessons.cmapss(path, 1, [])


def test_a_file_that_changes_is_read_again(tmp_path):
    path = tmp_path / "train_FD001.txt"
    table(path, engines=1)
    assert list(st.lessons.cmapss_engines(path)) == [1]
    table(path, engines=4)
    assert list(st.lessons.cmapss_engines(path)) == [1, 2, 3, 4]


def test_what_is_no_engine(tmp_path):
    path = tmp_path / "train_FD001.txt"
    table(path)
    with pytest.raises(ParameterError, match=r"engine .=3. must be one of 1 to 2"):
        st.lessons.cmapss(path, 3)
    with pytest.raises(MediaError, match=r"gone\.txt"):
        st.lessons.cmapss(tmp_path / "gone.txt")


def cut(text):
    return text[: len(text) * 2 // 3]


def with_word(number, word):
    """Puts a word in place of the number of that line and column."""

    def changed(text):
        lines = text.splitlines()
        words = lines[number[0] - 1].split()
        words[number[1]] = word
        lines[number[0] - 1] = " ".join(words)
        return "\n".join(lines)

    return changed


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda text: "\n".join(line.rpartition(" ")[0] for line in text.splitlines()), "line 1 has 25 columns"),
        (cut, "line 7 has 18 columns, expected 26: unit, cycle, 3 settings, 21 sensors"),
        (with_word((4, 9), "broken"), 'line 4 has "broken", which is no number'),
        (with_word((3, 25), "nan"), 'line 3 has "nan", expected finite numbers'),
        (with_word((5, 0), "1.5"), 'line 5 begins with "1.5", expected the number of an engine from 1'),
        (with_word((1, 0), "0"), 'line 1 begins with "0", expected the number of an engine from 1'),
        (lambda text: "no numbers here", "line 1 has 3 columns"),
        (lambda text: "\n\n \n", "there is no number in it"),
        (lambda text: "\x00\udcff", "it is no text"),
    ],
    ids=["columns", "cut off", "letters", "nan", "half an engine", "engine 0", "words", "blank", "bytes"],
)
def test_a_broken_table_names_its_first_broken_line(tmp_path, spoil, words):
    path = tmp_path / "train_FD001.txt"
    table(path)
    path.write_bytes(spoil(path.read_text()).encode("utf-8", "surrogateescape"))
    with pytest.raises(MediaError) as refused:
        st.lessons.cmapss(path)
    assert str(refused.value).startswith(f'"{path}" is no C-MAPSS table: {words}')
    with pytest.raises(MediaError):
        st.lessons.cmapss_engines(path)


def test_the_real_data(shared):
    x = st.lessons.cmapss(shared / "data" / "cmapss" / "train_FD001.txt")
    assert x.shape == (17, 192)
    assert 0 <= x.min() < x.max() <= 1
