"""What each operation means, one family a file: attributes, shape rule, NumPy reference, gradient rule, cost."""

from striate.ops.activation import Activation, Relu
from striate.ops.convolution import Conv, ConvTranspose

__all__ = ["Activation", "Conv", "ConvTranspose", "Relu"]
