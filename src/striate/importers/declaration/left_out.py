"""Layers of PyTorch and Keras that are known and still not read, and why."""

from __future__ import annotations

_RECURRENT = "carries a state from step to step, so no window or size says what it does"
_ATTENTION = "lets each place look at all others by what they hold, so no window or size says what it does"
_MERGING = "takes several inputs; layers one after the other have one"
_CODE = "holds code of its own, which is never run"
_LOSS = "compares the output with what was wanted: it is no layer of the network"

_WHY: dict[str, str] = {
    **dict.fromkeys(
        ("RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell", "SimpleRNN", "SimpleRNNCell", "StackedRNNCells",
         "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), _RECURRENT,
    ),
    **dict.fromkeys(
        ("MultiheadAttention", "Transformer", "TransformerEncoder", "TransformerDecoder", "TransformerEncoderLayer",
         "TransformerDecoderLayer", "MultiHeadAttention", "Attention", "AdditiveAttention", "GroupQueryAttention",
         "GroupedQueryAttention"), _ATTENTION,
    ),
    **dict.fromkeys(
        ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot", "Bilinear",
         "CosineSimilarity", "PairwiseDistance", "MixUp", "CutMix"), _MERGING,
    ),
    **dict.fromkeys(("Lambda", "TorchModuleWrapper", "FlaxLayer", "JaxLayer", "TFSMLayer"), _CODE),
}  # fmt: skip


def why_left_out(name: str) -> str:
    """Why a layer of that name is not read; "" where nothing is known of it.

    Example:
        >>> why_left_out("Concatenate")
        'takes several inputs; layers one after the other have one'
    """
    return _LOSS if name.endswith("Loss") else _WHY.get(name, "")
