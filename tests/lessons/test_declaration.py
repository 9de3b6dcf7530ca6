"""A pasted line explained in one call prints what the command prints."""

import io
from contextlib import redirect_stdout

import pytest

import striate as st
from striate.cli import main


def test_mission_e3(capsys):
    text = "nn.Conv1d(17, 64, kernel_size=3, padding=1)"
    layer = st.explain_declaration(text, (17, 30))
    assert (layer.output_shape, layer.parameters.value, layer.dense.weights) == ((64, 30), 3_328, 17 * 30 * 64 * 30)
    main(["calc", text, "--input", "17x30"])
    assert capsys.readouterr().out.strip() == str(layer)
    words = {argument.name: argument.meaning for argument in layer.declaration.arguments}
    assert all(words[name] for name in ("in_channels", "out_channels", "kernel_size", "padding", "stride"))


def test_keras_s_form_says_the_same():
    layer = st.explain_declaration('Conv1D(64, 3, padding="same")', (30, 17), dense_units=10)
    assert (layer.output_shape, layer.parameters.value, layer.against.weights) == ((30, 64), 3_328, 5_100)


SEVERAL = """nn.Sequential(
    nn.Conv2d(1, 20, 5),  # a "comment"
    nn.ReLU(), nn.MaxPool2d(2),
)"""


@pytest.mark.parametrize(
    "text",
    [
        SEVERAL,
        SEVERAL.replace("\n", "\r\n"),
        'nn.Conv2d(1, 20, 5)\nnn.MaxPool2d(2)  # the largest\'s place """',
        "nn.Conv2d(1, 20, 5, padding='same'); nn.MaxPool2d(2)",
        'nn.Conv2d(1, 20, 5, padding="same"); nn.MaxPool2d(2)',
        "nn.Conv2d(1, 20, 5, padding='same', padding_mode=\"zeros\"); nn.MaxPool2d(2)",
        "nn.Conv2d(1, 20, 5)\nnn.MaxPool2d(2) # \\",
        'nn.Conv2d(1, 20, 5)\nnn.MaxPool2d(2) # "',
        "nn.Conv2d(1, 20, 5)\nnn.MaxPool2d(2) # \x07 é",
    ],
)
def test_a_program_explains_the_layers_again(text):
    said = io.StringIO()
    with redirect_stdout(said):
        exec(st.lessons.declaration_code(text, (1, 28, 28), layer=1), {})
    stack = st.explain_declarations(text, (1, 28, 28))
    assert said.getvalue() == f"{stack}\n\n{stack.layers[1]}\n"


def test_a_program_for_one_layer():
    text = ' nn.Conv1d(17, 64, kernel_size=3, padding="same") '
    code = st.lessons.declaration_code(text, (17, 30))
    assert code.splitlines()[-1] == f"print(st.explain_declaration('{text.strip()}', (17, 30)))"
    assert st.lessons.declaration_code("nn.Linear(3, 4)").splitlines()[-1] == (
        'print(st.explain_declaration("nn.Linear(3, 4)"))'
    )
