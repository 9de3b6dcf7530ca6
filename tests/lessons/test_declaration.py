"""A pasted line explained in one call prints what the command prints."""

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
