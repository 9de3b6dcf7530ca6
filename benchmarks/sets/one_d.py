"""Convolutions of signals: waveforms, sensors, speech."""

from __future__ import annotations

from benchmarks.case import Case
from benchmarks.sets.single_convolution import convolution


def cases() -> list[Case]:
    """One case for each kind of layer that 1-D networks are made of."""
    return [
        convolution(1, 128, (16000,), (80,), 4),  # first layer on a waveform, as in M5
        convolution(1, 512, (16000,), (10,), 5),  # ... and in wav2vec 2.0
        convolution(512, 512, (3199,), (3,), 2),  # wav2vec 2.0's second layer
        convolution(24, 64, (128,), (5,)),  # 24 sensors, a short window
        convolution(64, 64, (1024,), (9,)),
        convolution(128, 128, (4096,), (3,)),
        convolution(64, 64, (4096,), (3,), dilation=8),  # temporal convolutional networks
        convolution(64, 128, (16000,), (3,), dilation=64),  # WaveNet's long reach
        convolution(256, 512, (1000,), (1,)),  # pointwise, as in a Conformer block
        convolution(256, 256, (1000,), (31,), groups=256),  # ... and its depthwise
    ]
