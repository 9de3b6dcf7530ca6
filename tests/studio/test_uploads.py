"""Files from the page: what is refused, where they lie, how long."""

from __future__ import annotations

import io
import pickle
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from striate import bundled
from striate.errors import LimitError, MessageError
from striate.studio.limits import Limits
from striate.studio.naming import identity, shown_name
from striate.studio.uploads import Uploads
from tests.studio.live import Live, RefusedError, live, until

MODEL = bundled.model_path().read_bytes()


class Bomb:
    """Leaves a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def png(height: int, width: int) -> bytes:
    data = io.BytesIO()
    Image.new("1", (width, height)).save(data, "png")
    return data.getvalue()


def test_a_network_and_a_picture_from_the_page(studio: Live) -> None:
    with studio.tab() as tab:
        made, _ = tab.ask("open_network", upload=studio.upload("my net.onnx", MODEL))
        network = made["network"]
        assert (network["id"], network["name"], network["layers"]) == ("my-net", "my net.onnx", 13)
        assert made["input"] is not None
        given, _ = tab.ask(
            "open_input",
            network="my-net",
            sources=[{"upload": studio.upload("cat.png", png(40, 60))}],
            preprocess="unit",
        )
        assert (given["input"]["id"], given["input"]["kind"]) == ("cat", "picture")
        seen, arrays = tab.ask("input", network="my-net", input="cat")
        assert seen["ports"][0]["note"] == "cat.png to 40×60, values 0 to 1"
        assert arrays["picture.image"].shape == (40, 60, 3)


@pytest.mark.parametrize(
    "name", ["net.pt", "NET.PTH", "a.ckpt", "a.pkl", "net.keras", "net.h5", "weights.bin", "x.joblib", "../../a.pt"]
)
def test_formats_that_run_code_are_refused_before_a_byte_is_kept(studio: Live, name: str, tmp_path: Path) -> None:
    mark = tmp_path / "unpickled"
    with studio.http() as client:
        answer = client.post("/upload", params={"name": name}, content=pickle.dumps(Bomb(mark)))
    assert answer.status_code == 415
    assert "can run code when it is opened" in answer.json()["message"]
    assert "give an .onnx file" in answer.json()["message"]
    assert not mark.exists()


@pytest.mark.parametrize("name", ["net.onnx", "numbers.npy", "numbers.npz", "cat.png", "sound.wav", "table.csv"])
def test_a_pickle_under_another_name_is_not_run_either(studio: Live, name: str, tmp_path: Path) -> None:
    mark = tmp_path / "unpickled"
    bomb = pickle.dumps(Bomb(mark))
    objects = io.BytesIO()
    np.save(objects, np.array([Bomb(mark)], object), allow_pickle=True)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("archive/data.pkl", bomb)
    for data in (bomb, objects.getvalue(), archive.getvalue()):
        upload = studio.upload(name, data)
        given = {"network": "edges", "sources": [{"upload": upload}]}
        kind, fields = ("open_network", {"upload": upload}) if name.endswith(".onnx") else ("open_input", given)
        with studio.tab() as tab, pytest.raises(RefusedError) as refused:
            tab.ask(kind, **fields)
        assert refused.value.kind in ("ModelFileError", "MediaError", "GraphError", "ShapeError")
        assert str(studio.folder) not in str(refused.value)
        assert not mark.exists()


def test_other_files_are_refused_with_what_can_be_opened(studio: Live) -> None:
    with studio.http() as client:
        answer = client.post("/upload", params={"name": "notes.exe"}, content=b"MZ")
        assert (answer.status_code, answer.json()["kind"]) == (415, "UnsupportedError")
        assert "give a network (.onnx), a picture" in answer.json()["message"]
        assert client.post("/upload", params={"name": "empty.png"}, content=b"").json()["kind"] == "MessageError"


def test_the_client_s_name_never_reaches_the_file_system(studio: Live) -> None:
    for name in (
        "../../../escaped.png",
        "/tmp/escaped.png",
        "..\\escaped.png",
        "a\0b.png",
        "con.png",
        "x" * 5000 + ".png",
    ):
        studio.upload(name, png(4, 4))
    files = list((studio.folder / "uploads").iterdir())
    assert files
    assert all(len(path.stem) == 24 and set(path.stem) <= set("0123456789abcdef") for path in files)
    assert not list(studio.folder.parent.rglob("escaped*"))
    assert not Path("/tmp/escaped.png").exists()


def test_no_request_takes_a_path(studio: Live) -> None:
    with studio.tab() as tab:
        for fields in ({"upload": "/etc/passwd"}, {"sample": "../house.png"}, {"array": "/etc/passwd"}):
            with pytest.raises(RefusedError):
                tab.ask("open_input", network="edges", sources=[fields])
        with pytest.raises(RefusedError, match="path"):
            tab.ask("open_input", network="edges", sources=[{"path": "/etc/passwd"}])
        with pytest.raises(RefusedError, match="no sample"):
            tab.ask("open_network", sample="/etc/passwd")


def test_an_upload_is_opened_once(studio: Live) -> None:
    upload = studio.upload("cat.png", png(8, 8))
    with studio.tab() as tab:
        tab.ask("open_input", network="edges", sources=[{"upload": upload}])
        with pytest.raises(RefusedError, match="waits to be opened; it was opened already"):
            tab.ask("open_input", network="edges", sources=[{"upload": upload}])


SMALL = Limits(
    upload_bytes=1000, uploads=3, waiting_bytes=2500, picture_pixels=5000, values=30_000, inputs=3, networks=2
)


class TestLimits:
    @pytest.fixture
    def small(self, tmp_path: Path):
        with live(tmp_path, SMALL) as found:
            yield found

    def test_bytes(self, small: Live) -> None:
        with small.http() as client:
            answer = client.post("/upload", params={"name": "big.npy"}, content=bytes(1001))
            assert (answer.status_code, answer.json()["kind"]) == (413, "LimitError")
            assert '"big.npy" has 1,001 bytes, the limit is 1,000' in answer.json()["message"]
            # Without a length beforehand it is cut off on the way.
            streamed = client.post("/upload", params={"name": "big.npy"}, content=(bytes(400) for _ in range(5)))
            assert (streamed.status_code, streamed.json()["kind"]) == (413, "LimitError")
        assert small.store.uploads.waiting == 0
        assert not list((small.folder / "uploads").iterdir())

    def test_how_many_wait(self, small: Live) -> None:
        for _ in range(3):
            small.upload("a.npy", bytes(10))
        with small.http() as client:
            answer = client.post("/upload", params={"name": "a.npy"}, content=bytes(10))
        assert "3 uploads wait to be opened, which is the limit" in answer.json()["message"]

    def test_bytes_that_wait(self, small: Live) -> None:
        small.upload("a.npy", bytes(1000))
        small.upload("a.npy", bytes(1000))
        with small.http() as client:
            answer = client.post("/upload", params={"name": "a.npy"}, content=bytes(1000))
        assert "wait to be opened take more than 2,500 bytes" in answer.json()["message"]

    def test_pixels_are_counted_before_anything_is_decoded(self, small: Live) -> None:
        with small.tab() as tab, pytest.raises(RefusedError, match=r'image "wide.png" has 200 × 100 pixels') as refused:
            tab.ask("open_input", network="edges", sources=[{"upload": small.upload("wide.png", png(100, 200))}])
        assert refused.value.kind == "LimitError"
        until(lambda: not list((small.folder / "uploads").iterdir()))

    def test_numbers(self, small: Live) -> None:
        array = np.zeros((3, 73, 137), np.float32)
        with small.tab() as tab, pytest.raises(RefusedError, match="has 30,003 values, the limit is 30,000"):
            tab.ask("open_input", {"a": array}, network="edges", sources=[{"array": "a"}])

    def test_inputs_and_networks(self, small: Live) -> None:
        with small.tab() as tab:
            source = [{"array": "a"}]
            array = np.zeros((16, 16, 3), np.uint8)
            tab.ask("open_network", sample="edges")
            with pytest.raises(RefusedError, match="networks are open, which is the limit"):
                tab.ask("open_network", sample="edges")
            while len(small.store.inputs) < SMALL.inputs:
                tab.ask("open_input", {"a": array}, network="edges", sources=source)
            with pytest.raises(RefusedError, match="inputs are open, which is the limit"):
                tab.ask("open_input", {"a": array}, network="edges", sources=source)

    def test_a_message_that_is_too_large_ends_only_its_tab(self, tmp_path: Path) -> None:
        with live(tmp_path, Limits(frame_bytes=10_000)) as found:
            with found.tab() as tab, pytest.raises(Exception, match="1009"):
                tab.ask("hello", {"a": np.zeros(20_000, np.uint8)}, protocol=1)
            with found.tab() as tab:
                tab.hello()


def test_what_waits_too_long_is_deleted(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "files", Limits(upload_seconds=0.05))
    file = uploads.begin("a.png", 3)
    uploads.append(file, b"abc")
    uploads.finish(file)
    time.sleep(0.1)
    with pytest.raises(MessageError, match="took too long"):
        uploads.take(file.id)
    assert not file.path.exists()


def test_a_file_that_is_larger_than_it_said_is_cut_off(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "files", Limits())
    file = uploads.begin("a.png", 3)
    with pytest.raises(LimitError, match=r'"a.png" has more than 3 bytes'):
        uploads.append(file, b"abcd")


def test_names_and_ids() -> None:
    assert shown_name("a/b\\c\n.png") == "c.png"
    assert shown_name("\0") == "unnamed"
    assert len(shown_name("x" * 500 + ".png")) == 120
    assert identity("naïve <b>.png", []) == "na-ve-b"
    assert identity("???.png", []) == "unnamed"
    assert identity("cat.png", ["cat", "cat.2"]) == "cat.3"


def test_a_file_that_is_being_opened_is_not_swept_away(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, Limits())
    begun = uploads.begin("x.npy", 3)
    uploads.append(begun, b"abc")
    uploads.finish(begun)
    taken = uploads.take(begun.id)
    uploads.sweep(())  # another tab has closed meanwhile
    assert taken.path.exists()
    uploads.sweep({taken.path})  # it is open
    uploads.sweep(())  # and closed
    assert not taken.path.exists()
