"""Which axis of a value is what: sample, channel, and the rest a map."""

from __future__ import annotations

from striate.engine import Recording
from striate.errors import ParameterError, UnsupportedError, unknown_name
from striate.graph import Array

# A map is a number, a line, a picture or a volume.
MOST_SPATIAL = 3


def real_array(recording: Recording, name: str) -> Array:
    """What a run holds for a layer, node or value: channels first, real numbers.

    Raises:
        UnknownNameError: Nothing is called so.
        UnsupportedError: It holds no real numbers.
    """
    value = recording.model.value_name(name)
    if value not in recording.values:
        raise unknown_name("value", value, recording.values)
    array = recording.values[value]
    if array.dtype.kind not in "biuf":
        raise UnsupportedError(f'layer "{name}" holds {array.dtype}, expected real numbers')
    return array


def sample_maps(recording: Recording, name: str, sample: int = 0) -> Array:
    """The maps of a layer for one sample, shape (channels, *spatial); a value of rank 1 has only channels.

    Raises:
        UnknownNameError: Nothing is called so.
        ParameterError: There is no such sample.
        UnsupportedError: It holds no real numbers.
    """
    array = real_array(recording, name)
    samples = array.shape[0] if array.ndim > 1 else 1
    if not 0 <= sample < samples:
        raise ParameterError(f'layer "{name}": sample {sample} must be from 0 to {samples - 1}')
    return array[sample] if array.ndim > 1 else array.reshape(-1)


def require_drawable(name: str, maps: Array) -> None:
    """Checks that maps are numbers, lines, pictures or volumes, and that there are some.

    Raises:
        UnsupportedError: They have more axes, or nothing in them.
    """
    if maps.ndim - 1 > MOST_SPATIAL:
        raise UnsupportedError(
            f'layer "{name}" has maps of shape {maps.shape[1:]}: {maps.ndim - 1} axes, and at most {MOST_SPATIAL} can '
            "be drawn"
        )
    if maps.size == 0:
        raise UnsupportedError(f'layer "{name}" has shape {maps.shape}: there is nothing in it')


def checked_channel(name: str, maps: Array, channel: int) -> int:
    """The channel, if it exists.

    Raises:
        ParameterError: It does not.
    """
    if not 0 <= channel < len(maps):
        raise ParameterError(f'layer "{name}" has {len(maps)} channels; channel {channel} must be from 0 on below that')
    return channel
