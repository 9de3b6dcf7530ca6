"""Runs of small networks, reports without the front end's code, and what is in them."""

import base64
import json
import re
import zlib
from dataclasses import dataclass

import numpy as np
import pytest

import striate as st
from striate.studio.frames import read_frame
from striate.studio.report import page

CODE = 'document.title = "</script>"'


@dataclass
class Contents:
    """What a report's file carries."""

    manifest: dict
    answers: list

    def of(self, kind, **about):
        """Recorded answers of a type that were asked with these fields: (head, arrays)."""
        found = [(head, arrays) for head, arrays in self.answers if head["type"] == kind]
        return [
            (head, arrays)
            for head, arrays in found
            if all(head["asked"].get(key) == value for key, value in about.items())
        ]

    def one(self, kind, **about):
        (found,) = self.of(kind, **about)
        return found


def contents(html):
    """Reads a report's file back."""
    manifest = json.loads(part(html, "striate-manifest"))
    data = zlib.decompress(base64.b64decode(part(html, "striate-answers")))
    answers, place = [], 0
    while place < len(data):
        length = int.from_bytes(data[place : place + 8], "little")
        answers.append(read_frame(data[place + 8 : place + 8 + length]))
        place += 8 + length + -length % 8
    return Contents(manifest, answers)


def part(html, name):
    return re.search(rf'<script type="application/[a-z-]+" id="{name}">(.*?)</script>', html, re.S).group(1)


@pytest.fixture
def no_front_end(monkeypatch):
    """A stand-in for the front end's code, which tests of contents do not need."""
    monkeypatch.setattr(page, "script", lambda name: CODE)


def sequential_run(*layers, seed=0):
    """A run of a network of these layers with random weights on random numbers."""
    model = st.Sequential(list(layers))
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=w.shape).astype(np.float32) for w in model.get_weights()])
    net = st.load(model)
    return net.run(rng.normal(size=(1, *net.inputs[0].shape[1:])).astype(np.float32))


@pytest.fixture(scope="session")
def bundled_run():
    net = st.load(st.bundled.model_path())
    return net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
