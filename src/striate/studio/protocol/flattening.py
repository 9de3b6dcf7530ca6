"""The order in which maps are laid out in a line."""

from __future__ import annotations

from pydantic import Field

from striate.studio.protocol.base import Part


class FlattenOrders(Part):
    """How maps become a line: the first entries, each as channel@position."""

    pytorch: tuple[str, ...] = Field(description="map by map; ONNX has the same")
    keras: tuple[str, ...] = Field(description="place by place, at each all channels")
