"""What lessons about convolution compute: stacks merged, equivariance measured, dense twins, the loop line by line.

Every number that a lesson shows comes from here, so that readers can have it in Python as well.

Example:
    >>> import striate as st
    >>> merged = st.merge_convolutions([1, 2], [1, -1])
    >>> merged.convolution.weight[0, 0]
    array([ 1.,  1., -2.])
"""

from striate.lessons.bank import bank_call, bank_filters
from striate.lessons.cmapss import CmapssChannel, cmapss, cmapss_channels, cmapss_engines
from striate.lessons.code import code_for
from striate.lessons.convolution import Convolution
from striate.lessons.declaration import declaration_code, explain_declaration, explain_declarations
from striate.lessons.dense import DenseEquivalent, ParameterExplosion, dense_equivalent, parameter_explosion
from striate.lessons.dense_layers import LayerTwin, dense_layers
from striate.lessons.equivariance import Equivariance, Invariance, equivariance_error, invariance_error
from striate.lessons.examples import WorkedExample, worked_examples
from striate.lessons.flattening import FlattenOrders, flatten_orders
from striate.lessons.growth import Growth, field_growth
from striate.lessons.hierarchy import Level, hierarchy
from striate.lessons.influence import Influence, influence
from striate.lessons.loop import LoopStep, LoopTerm, SlidingSum, sliding_sum
from striate.lessons.merging import MergedConvolution, StackMeasurement, merge_convolutions
from striate.lessons.parts import Pooling
from striate.lessons.played import PlayedLayer, sample_input
from striate.lessons.playing import animate_declaration, play_declaration, usual_input_shape
from striate.lessons.questions import Question, questions
from striate.lessons.resnet import resnet50
from striate.lessons.saved_arrays import SavedArray, SavedArrays
from striate.lessons.signals import ball, ecg, sensor, steps
from striate.lessons.stacks import StackedPair, stacked_convolutions
from striate.lessons.workbench import Workbench
from striate.lessons.workbench_code import workbench_code
from striate.lessons.workbench_layers import workbench_layers
from striate.lessons.workbench_torch import workbench_torch

__all__ = [
    "CmapssChannel",
    "Convolution",
    "DenseEquivalent",
    "Equivariance",
    "FlattenOrders",
    "Growth",
    "Influence",
    "Invariance",
    "LayerTwin",
    "Level",
    "LoopStep",
    "LoopTerm",
    "MergedConvolution",
    "ParameterExplosion",
    "PlayedLayer",
    "Pooling",
    "Question",
    "SavedArray",
    "SavedArrays",
    "SlidingSum",
    "StackMeasurement",
    "StackedPair",
    "Workbench",
    "WorkedExample",
    "animate_declaration",
    "ball",
    "bank_call",
    "bank_filters",
    "cmapss",
    "cmapss_channels",
    "cmapss_engines",
    "code_for",
    "declaration_code",
    "dense_equivalent",
    "dense_layers",
    "ecg",
    "equivariance_error",
    "explain_declaration",
    "explain_declarations",
    "field_growth",
    "flatten_orders",
    "hierarchy",
    "influence",
    "invariance_error",
    "merge_convolutions",
    "parameter_explosion",
    "play_declaration",
    "questions",
    "resnet50",
    "sample_input",
    "sensor",
    "sliding_sum",
    "stacked_convolutions",
    "steps",
    "usual_input_shape",
    "workbench_code",
    "workbench_layers",
    "workbench_torch",
    "worked_examples",
]
