"""A pasted layer line: what is read, and that it is never run."""

import contextlib
import inspect

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.errors import DeclarationError
from striate.importers.declaration import parse_declaration, parse_declarations
from striate.importers.declaration.keras_layers import ACTIVATIONS, KERAS_LAYERS
from striate.importers.declaration.left_out import why_left_out
from striate.importers.declaration.parameter import Required
from striate.importers.declaration.torch_layers import TORCH_LAYERS
from striate.lenses.declared_stack import declared_stack


def given_arguments(text):
    return {argument.name: argument.value for argument in parse_declaration(text).arguments if argument.given}


def test_mission_e3_every_argument_has_value_origin_and_meaning():
    declaration = parse_declaration("nn.Conv1d(17, 64, kernel_size=3, padding=1)")
    assert (declaration.framework, declaration.kind) == ("pytorch", "Conv1d")
    rows = {a.name: (a.value, a.given) for a in declaration.arguments}
    assert rows["in_channels"] == (17, True)
    assert rows["stride"] == (1, False)
    assert rows["groups"] == (1, False)
    assert all(a.meaning for a in declaration.arguments)


@pytest.mark.parametrize(
    ("text", "framework", "kind"),
    [
        ("torch.nn.Conv2d(3, 64, 3)", "pytorch", "Conv2d"),
        ("self.conv1 = nn.Conv2d(3, 64, 3)", "pytorch", "Conv2d"),
        ("nn.Conv2d(3, 64, 3),", "pytorch", "Conv2d"),
        ("model.add(layers.Conv2D(32, (3,3), activation='relu', input_shape=(28,28,1)))", "keras", "Conv2D"),
        ("x = tf.keras.layers.Dense(10)(x)", "keras", "Dense"),
        ("y: Tensor = MaxPooling2D()", "keras", "MaxPooling2D"),
        ("Softmax(dim=1)", "pytorch", "Softmax"),
        ("Softmax(axis=1)", "keras", "Softmax"),
        ("layers.ReLU()", "keras", "ReLU"),
        ("nn.ReLU(True)", "pytorch", "ReLU"),
    ],
)
def test_reads_lines_as_people_copy_them(text, framework, kind):
    declaration = parse_declaration(text)
    assert (declaration.framework, declaration.kind) == (framework, kind)


def test_constants_may_be_calculated():
    assert given_arguments("nn.Linear(224*224*3, 2**10 - 24)") == {"in_features": 150528, "out_features": 1000}
    assert given_arguments("nn.Conv2d(3, 8, [3, 5], padding=(1, 4 // 2))")["padding"] == (1, 2)


def test_what_has_no_effect_on_sizes_is_kept_as_text():
    arguments = given_arguments("Dense(4, activation=tf.nn.relu, kernel_regularizer=l2(0.01))")
    assert arguments == {"units": 4, "activation": "relu", "kernel_regularizer": "l2(0.01)"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "nothing was pasted"),
        ("Conv2d(3, 64, 3", "'(' was never closed at column 7"),
        ("conv", '"conv" is no call'),
        ("a = 1; b = 2", '"a = 1; b = 2" is no call'),
        (
            "nn.Conv2d(3, 8, 3); nn.ReLU()",
            "2 layers were pasted, expected one; paste one of them: nn.Conv2d(3, 8, 3), nn",
        ),
        ("nn.ReLU(); layers.Dense(3)", "layers of PyTorch and of Keras stand side by side"),
        ("9**9**9", "is no call"),
        ("nn.Conv2(3, 4)", 'no layer "Conv2"; did you mean "Conv2d"'),
        ("layers.Conv2d(3, 4, 3)", 'no layer "Conv2d"; did you mean "Conv2D"'),
        ("nn.Conv1d(17, 64)", "Conv1d: argument kernel_size is missing; expected a positive whole number"),
        ("nn.Conv1d(17, 64, kernal_size=3)", 'no argument "kernal_size"; did you mean "kernel_size"?'),
        ("nn.Conv1d(17, 64, 3, in_channels=2)", "argument in_channels is given twice"),
        ("nn.Sigmoid(1)", "1 arguments by position, expected at most 0"),
        ("nn.Conv1d(*args)", "*args: arguments must be written out"),
        ("nn.Conv1d(**args)", "**args: arguments must be written out"),
        ("nn.Conv2d(3, 64, k)", "kernel_size (=k) is a name; write the number that it stands for"),
        ("nn.Conv2d(3, 64, f(2))", "kernel_size (=f(2)) must be a number, a word or a tuple"),
        ("nn.Conv2d(3, 64, 1/0)", "kernel_size (=1 / 0) has no value: division by zero"),
        ("nn.Conv2d(3, 64, 2j)", "kernel_size (=2j) must be a number"),
        ("nn.Linear(9**9**9, 1)", "in_features (=9 ** 9 ** 9) is beyond 1e+12"),
        ("nn.Linear(10**13, 1)", "in_features is beyond 1e+12"),
        ("nn.Linear('a'*3, 1)", "in_features (='a') must be a number to be calculated with"),
        ("nn.Conv2d(3, 64, (1, 2, 3))", "kernel_size (=(1, 2, 3)) does not fit; expected a positive whole number"),
        ("nn.Conv2d(3, 64, 0)", "kernel_size (=0) does not fit"),
        ("nn.Conv2d(3, 64, 3, bias=2)", "bias (=2) does not fit; expected True or False"),
        ("nn.Conv2d(3, 64, 3, padding='sam')", "padding (='sam') does not fit"),
        ("nn.Conv2d(3, 64, 3, padding='same', stride=2)", 'padding (="same") works only with stride 1'),
        ("nn.Conv2d(3, 64, 3, groups=2)", "in_channels (=3) cannot be cut into groups (=2) of equal size"),
        ("nn.Conv2d(4, 63, 3, groups=2)", "out_channels (=63) cannot be cut into groups (=2)"),
        ("nn.MaxPool2d(2, padding=2)", "padding (=2) is more than half of what kernel_size (=2) spans"),
        ("nn.ConvTranspose2d(3, 4, 3, output_padding=1)", "output_padding (=1) must be smaller than stride (=1)"),
        ("nn.GroupNorm(3, 64)", "num_channels (=64) cannot be cut into num_groups (=3)"),
        ("nn.Upsample()", "size (=None) or scale_factor (=None): give one of the two"),
        ("nn.ZeroPad2d((1, 2, 3))", "padding (=(1, 2, 3)) must be one number or 4"),
        ("Conv2D(32, 3, groups=5)", "filters (=32) cannot be cut into groups (=5)"),
        ("Conv2D(32, 3, strides=2, dilation_rate=2)", "cannot both be more than 1 in Keras"),
        ("Conv2D(32, 3, padding='causal')", 'padding (=\'causal\') does not fit; expected "valid" or "same"'),
        ("Dense(units=0)", "units (=0) does not fit; expected a positive whole number"),
        ("BatchNormalization(axis=(1, 2))", "axis (=(1, 2)) must be one number here"),
        ("x" * 30_000, "more than 20000; paste fewer layers"),
        ("Dense(" + "-" * 19_000 + "1)", "nested"),
        ("nn.Conv2d(" * 900 + ")" * 900, "nested"),
        ("f(" * 150 + ")" * 150, "no layer by itself"),
        ("nn.Conv2d(3, 8, (3,))", "kernel_size (=(3,)) has 1 entries, expected 2, one per axis"),
        ("Conv2D(8, (3,))", "kernel_size (=(3,)) does not fit"),
        ("nn.Dropout(1.5)", "p (=1.5) does not fit; expected a number from 0 to 1"),
        ("Conv2D(8, 3, activation='relo')", 'no activation "relo"; did you mean "relu"'),
        ("nn.Upsample(scale_factor=2, align_corners=True)", 'align_corners (=True) means nothing for mode "nearest"'),
        ("Permute((1, 3))", "dims (=(1, 3)) must name each axis once"),
        ("Dense(" + "-" * 1900 + "1)", "too deeply nested"),
        ("Dense(" + "(" * 900 + "1" + ")" * 900 + ")", "nested"),
        ("Dense(1)\0", "not a Python call"),
    ],
)
def test_a_bad_line_says_what_and_the_way_out(text, message):
    with pytest.raises(DeclarationError) as caught:
        parse_declaration(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nothing_is_run(tmp_path):
    victim = tmp_path / "made"
    for text in (f"open({str(victim)!r}, 'w')", f"nn.Linear(open({str(victim)!r}, 'w').fileno(), 2)"):
        with pytest.raises(DeclarationError):
            parse_declaration(text)
    assert not victim.exists()


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text(alphabet="Conv2d(),=:.[]*-+/ 0123456789kern\"'\\\n\x00é", max_size=60))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(DeclarationError):  # any other exception fails the test
        assert parse_declaration("nn.Conv2d" + text).kind == "Conv2d"


@pytest.mark.parametrize("name", sorted(TORCH_LAYERS))
def test_arguments_are_those_of_torch(torch, name):
    nn = torch.nn
    theirs = [p for p in inspect.signature(getattr(nn, name).__init__).parameters.values() if p.name != "self"]
    theirs = [p for p in theirs if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    ours = TORCH_LAYERS[name].parameters
    assert [p.name for p in ours] == [p.name for p in theirs]
    assert [None if isinstance(p.default, Required) else p.default for p in ours] == [
        None if p.default is p.empty else p.default for p in theirs
    ]
    assert [p.keyword for p in ours] == [p.kind is p.KEYWORD_ONLY for p in theirs]


@pytest.mark.parametrize("name", sorted(KERAS_LAYERS))
def test_arguments_are_those_of_keras(keras, name):
    layer = getattr(keras.layers, name)
    takes = layer.__init__ if inspect.isclass(layer) else layer  # Input is a function
    theirs = [p for p in inspect.signature(takes).parameters.values() if p.name != "self"]
    theirs = [p for p in theirs if p.kind is not p.VAR_KEYWORD]
    ours = [p for p in KERAS_LAYERS[name].parameters if not p.keyword]
    assert [p.name for p in ours] == [p.name for p in theirs]
    for mine, other in zip(ours, theirs, strict=True):
        if mine.wanted == "any":
            continue
        default = other.default
        while isinstance(default, tuple) and len(set(default)) == 1:
            default = default[0]
        assert isinstance(mine.default, Required) == (default is other.empty), mine.name
        assert isinstance(mine.default, Required) or mine.default == default, mine.name


# Neither read nor named with a reason: they are no part of a convolutional network, or base classes.
NOT_MEANT = {
    "torch.nn": {
        "Container", "DataParallel", "EmbeddingBag", "Module", "ModuleDict", "ModuleList", "NLLLoss2d", "ParameterDict",
        "ParameterList", "RNNBase", "RNNCellBase", "Sequential",
    },
    "keras.layers": {
        "AugMix", "AutoContrast", "CategoryEncoding", "ContrastLimitedAdaptiveHistogramEqualization", "Discretization",
        "EinsumDense", "Equalization", "HashedCrossing", "Hashing", "InputSpec", "IntegerLookup", "Layer",
        "MaxNumBoundingBoxes", "MelSpectrogram", "Pipeline", "ReversibleEmbedding", "STFTSpectrogram", "Solarization",
        "SpectralNormalization", "StringLookup", "TextVectorization", "TimeDistributed", "Wrapper",
    },
}  # fmt: skip


def test_every_layer_of_torch_is_read_or_left_out_for_a_reason(torch):
    theirs = {name for name in dir(torch.nn) if _is_class(torch.nn, name, torch.nn.Module)}
    assert {name for name in theirs - set(TORCH_LAYERS) if not why_left_out(name)} == NOT_MEANT["torch.nn"]


def test_every_layer_of_keras_is_read_or_left_out_for_a_reason(keras):
    theirs = {name for name in dir(keras.layers) if _is_class(keras.layers, name, object)}
    assert {name for name in theirs - set(KERAS_LAYERS) if not why_left_out(name)} == NOT_MEANT["keras.layers"]


def _is_class(module, name, base):
    found = getattr(module, name)
    return inspect.isclass(found) and issubclass(found, base)


@pytest.mark.parametrize(
    ("line", "argument", "meaning"),
    [
        ("nn.MaxPool1d(2)", "kernel_size", "each window covers 2 cells"),
        ("nn.MaxPool2d(2)", "kernel_size", "each window covers 2 × 2 cells"),
        ("Conv3D(4, 3)", "kernel_size", "each window covers 3 × 3 × 3 cells"),
        ("Conv2D(4, (3, 5))", "kernel_size", "each window covers 3 × 5 cells"),
        ("Conv2DTranspose(4, 3, padding='same')", "padding", "as long as the input times the stride"),
        ("Conv2D(4, 3, padding='same')", "padding", "as long as the input divided by the stride"),
    ],
)
def test_what_an_argument_means(line, argument, meaning):
    (found,) = [given.meaning for given in parse_declaration(line).arguments if given.name == argument]
    assert meaning in found


def test_activations_are_those_of_keras(keras):
    for name in ACTIVATIONS:
        assert callable(keras.activations.get(name))
    assert set(ACTIVATIONS) >= {name for name in dir(keras.activations) if not name.startswith("_")} - {
        "deserialize",
        "get",
        "serialize",
    }


PRINTED = """Net(
  (features): Sequential(
    (0): Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1), padding=same)
    (1): ReLU(inplace=True)
    (2): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
  )
  (flat): Flatten(start_dim=1, end_dim=-1)
  (fc): Linear(in_features=1176, out_features=10, bias=True)
)"""


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten())", "Conv2d ReLU Flatten"),
        ("nn.Sequential(nn.Sequential(nn.ReLU(), nn.Tanh()), nn.Flatten())", "ReLU Tanh Flatten"),
        ("self.conv = nn.Conv2d(3, 6, 5)\nself.pool = nn.MaxPool2d(2, 2)", "Conv2d MaxPool2d"),
        (
            "nn.Sequential(OrderedDict([('conv1', nn.Conv2d(1, 20, 5)), ('relu1', nn.ReLU())]))",
            "Conv2d ReLU",
        ),
        ("nn.ModuleDict({'a': nn.Conv2d(1, 20, 5), 'b': nn.ReLU()})", "Conv2d ReLU"),
        ("model = keras.Sequential([layers.Dense(3), layers.ReLU()], name='m')", "Dense ReLU"),
        ("model = Sequential()\nmodel.add(Conv2D(8, 3))\nmodel.add(Flatten())", "Conv2D Flatten"),
        ("x = Dense(3)(x)\nx = ReLU()(x)", "Dense ReLU"),
        (PRINTED, "Conv2d ReLU MaxPool2d Flatten Linear"),
    ],
)
def test_several_layers(text, kinds):
    found = parse_declarations(text)
    assert [each.kind for each in found] == kinds.split()
    assert len({each.framework for each in found}) == 1


def test_what_pytorch_prints_is_what_it_printed(torch):
    nn = torch.nn
    net = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding="same", padding_mode="circular"),
        nn.BatchNorm2d(6),
        nn.Upsample(scale_factor=2, mode="bilinear"),
        nn.Sequential(nn.ReflectionPad2d(1), nn.PReLU(6), nn.GroupNorm(2, 6)),
        nn.LayerNorm((6, 30, 30)),
        nn.Hardtanh(),
        nn.AdaptiveMaxPool2d((3, None)),
        nn.Flatten(),
        nn.Linear(540, 10),
        nn.Softmax(dim=1),
    )
    stack = declared_stack(parse_declarations(str(net)), (1, 14, 14))
    assert stack.parameters == sum(p.numel() for p in net.parameters())
    assert stack.output_shape == tuple(net(torch.zeros(1, 1, 14, 14)).shape[1:])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nn.Sequential(nn.ReLU(), nn.Conv2d(3, 8, 3, strid=2))",
         'layer 2 of 2, nn.Conv2d(3, 8, 3, strid=2): Conv2d: no argument "strid"; did you mean "stride"?'),
        ("nn.Sequential(nn.Conv2d(3, 8, 3), Block(64), nn.ReLU())", 'layer 2 of 3, Block(64): no layer "Block"'),
        ("Sequential([Conv2D(3, 3), Dense('a')])", "layer 2 of 2, Dense('a'): Dense: units (='a') does not fit"),
        ("nn.Conv2d(3, 8, 3)\nnn.Conv2d(3, 8, 3", "at line 2, column 10, near"),
    ],
)  # fmt: skip
def test_the_layer_at_fault_is_named(text, message):
    with pytest.raises(DeclarationError) as caught:
        parse_declarations(text)
    assert message in str(caught.value)


def test_layers_are_told_as_they_were_written():
    text = """model = Sequential([
        Conv2D(8, 3, activation="relu"),   # the first
        Conv2D(
            8, 3,  # kernel
            padding="same"),
    ])"""
    assert [each.text for each in parse_declarations(text)] == [
        'Conv2D(8, 3, activation="relu")', "Conv2D(8, 3, padding='same')",
    ]  # fmt: skip
    # Columns are counted in bytes by Python's parser.
    text = "größe = 'ü'; x = nn.ReLU()  # é\nlayers = {'日本': nn.Conv2d(1, 2, 3), 'b': nn.Tanh()}"
    assert [each.text for each in parse_declarations(text.partition("; ")[2])] == [
        "nn.ReLU()", "nn.Conv2d(1, 2, 3)", "nn.Tanh()",
    ]  # fmt: skip
