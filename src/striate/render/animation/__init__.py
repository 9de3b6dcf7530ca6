"""The frames of an animation as raster pictures, SVG, GIF and MP4; computes nothing."""

from striate.render.animation.film import Progress, write_gif, write_mp4
from striate.render.animation.frame import HEIGHT, WIDTH, Frames
from striate.render.animation.raster import raster
from striate.render.animation.svg import svg

__all__ = ["HEIGHT", "WIDTH", "Frames", "Progress", "raster", "svg", "write_gif", "write_mp4"]
