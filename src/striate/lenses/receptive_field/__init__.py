"""Which cells of the input can influence a unit: masks cell by cell, and boxes that may reach beyond the edges."""

from striate.lenses.receptive_field import box_rules as box_rules
from striate.lenses.receptive_field import mask_rules as mask_rules
from striate.lenses.receptive_field import movement_rules as movement_rules
from striate.lenses.receptive_field import norm_rules as norm_rules
from striate.lenses.receptive_field import window_rules as window_rules
from striate.lenses.receptive_field.field import Box, InputField, ReceptiveField, receptive_field

__all__ = ["Box", "InputField", "ReceptiveField", "receptive_field"]
