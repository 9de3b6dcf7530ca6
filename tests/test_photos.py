"""The main job on real input: ImageNet's MobileNetV2 on photos, from file to prediction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import striate as st


@pytest.mark.parametrize("model", ["mobilenet_v2_imagenet", "mobilenet_v2_imagenet_bn"])
def test_predictions_of_twenty_photos(shared: Path, model: str) -> None:
    net = st.load(shared / "models" / f"{model}.onnx")
    photos = sorted((shared / "data" / "imagenet20").glob("*.jpg"))
    assert len(photos) == 20
    right = 0
    for photo in photos:
        logits = np.asarray(net(st.image(photo, size=224, preprocess="imagenet")))
        right += int(logits.argmax()) == int(photo.stem.rsplit("_", 1)[1])
    assert right >= 17
