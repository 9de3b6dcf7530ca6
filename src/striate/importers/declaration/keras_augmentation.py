"""What Keras's layers take that vary pictures while a network learns, and leave them as they are afterwards.

Source: the signatures in the documentation of ``keras.layers`` (3.15); a test compares them.
"""

from __future__ import annotations

from collections.abc import Mapping

from striate.importers.declaration.keras_arguments import BASE, FORMAT
from striate.importers.declaration.parameter import REQUIRED, Parameter, plain

_HOW_MUCH = "how much, in training only: {}"


def _of(*names: str, needed: tuple[str, ...] = ()) -> tuple[Parameter, ...]:
    """Arguments in their order: those that must be given, and others."""
    given = {name: Parameter(name, "any", REQUIRED, _HOW_MUCH) for name in needed}
    others = {name: plain(name)[0] for name in names} | {"data_format": FORMAT}
    return (*(given.get(name) or others[name] for name in names), *BASE)


AUGMENTATIONS: Mapping[str, tuple[Parameter, ...]] = {
    "RandomFlip": _of("mode", "seed", "data_format"),
    "RandomRotation": _of(
        "factor", "fill_mode", "interpolation", "seed", "fill_value", "data_format", needed=("factor",)
    ),
    "RandomZoom": _of(
        "height_factor", "width_factor", "fill_mode", "interpolation", "seed", "fill_value", "data_format",
        needed=("height_factor",),
    ),
    "RandomTranslation": _of(
        "height_factor", "width_factor", "fill_mode", "interpolation", "seed", "fill_value", "data_format",
        needed=("height_factor", "width_factor"),
    ),
    "RandomShear": _of(
        "x_factor", "y_factor", "interpolation", "fill_mode", "fill_value", "data_format", "seed"
    ),
    "RandomPerspective": _of("factor", "scale", "interpolation", "fill_value", "seed", "data_format"),
    "RandomElasticTransform": _of(
        "factor", "scale", "interpolation", "fill_mode", "fill_value", "value_range", "seed", "data_format"
    ),
    "RandomContrast": _of("factor", "value_range", "seed", needed=("factor",)),
    "RandomBrightness": _of("factor", "value_range", "seed", needed=("factor",)),
    "RandomSaturation": _of("factor", "value_range", "data_format", "seed", needed=("factor",)),
    "RandomHue": _of("factor", "value_range", "data_format", "seed", needed=("factor",)),
    "RandomSharpness": _of("factor", "value_range", "data_format", "seed", needed=("factor",)),
    "RandomPosterization": _of("factor", "value_range", "data_format", "seed", needed=("factor",)),
    "RandomColorDegeneration": _of("factor", "value_range", "data_format", "seed", needed=("factor",)),
    "RandomColorJitter": _of(
        "value_range", "brightness_factor", "contrast_factor", "saturation_factor", "hue_factor", "seed", "data_format"
    ),
    "RandomGrayscale": _of("factor", "data_format", "seed"),
    "RandomGaussianBlur": _of("factor", "kernel_size", "sigma", "value_range", "data_format", "seed"),
    "RandomErasing": _of("factor", "scale", "fill_value", "value_range", "seed", "data_format"),
    "RandomInvert": _of("factor", "value_range", "seed", "data_format"),
    "RandAugment": _of("value_range", "num_ops", "factor", "interpolation", "seed", "data_format"),
}  # fmt: skip
