"""A pasted layer line: what is read, and that it is never run."""

import contextlib
import inspect

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.errors import DeclarationError
from striate.importers.declaration import parse_declaration
from striate.importers.declaration_arguments import Required
from striate.importers.declaration_layers import KERAS_LAYERS, TORCH_LAYERS


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
        ("a = 1; b = 2", "2 statements"),
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
        ("x" * 3000, "more than 2000; paste one layer"),
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
    layers = keras.layers
    theirs = [p for p in inspect.signature(getattr(layers, name).__init__).parameters.values() if p.name != "self"]
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
