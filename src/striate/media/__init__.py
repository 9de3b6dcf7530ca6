"""Images, signals and volumes: from files to the arrays that networks take, with one clear error for each bad input."""

from striate.media.change import flip, paint, shift
from striate.media.picture import LARGEST_PIXELS, image, picture
from striate.media.series import signal
from striate.media.volume import volume

__all__ = ["LARGEST_PIXELS", "flip", "image", "paint", "picture", "shift", "signal", "volume"]
