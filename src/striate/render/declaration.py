"""A pasted layer as text: what each argument means, the shapes, the formulas filled in."""

from __future__ import annotations

from striate.lenses.declared_layer import DeclaredLayer, DenseTwin
from striate.render.plain import Plain, plain


def declared_text(layer: DeclaredLayer) -> str:
    """What a pasted layer does, in aligned lines."""
    declaration = layer.declaration
    framework = {"pytorch": "PyTorch", "keras": "Keras"}[declaration.framework]
    lines = [f"{declaration.kind} ({framework})", ""]
    names = max((len(argument.name) for argument in declaration.arguments), default=0)
    values = max((len(_value(argument.value)) for argument in declaration.arguments), default=0)
    for argument in declaration.arguments:
        origin = "" if argument.given else "  (default)"
        lines.append(f"  {argument.name:<{names}}  {_value(argument.value):<{values}}  {argument.meaning}{origin}")
    lines += ["", *_facts(layer)]
    return "\n".join(lines)


def declared_plain(layer: DeclaredLayer) -> Plain:
    """The same as data."""
    declaration = layer.declaration
    return {
        "declaration": declaration.text,
        "framework": declaration.framework,
        "kind": declaration.kind,
        "arguments": plain(declaration.arguments),
        "channels_last": declaration.channels_last,
        "input_shape": plain(layer.input_shape),
        "output_shape": plain(layer.output_shape),
        "sizes": [{"axis": s.axis, "value": s.value, "formula": str(s.formula), "note": s.note} for s in layer.sizes],
        "weights": plain(layer.weights),
        "parameters": None if layer.parameters is None else layer.parameters.value,
        "parameters_formula": None if layer.parameters is None else str(layer.parameters),
        "statistics": layer.statistics,
        "macs": None if layer.macs is None else layer.macs.value,
        "macs_formula": None if layer.macs is None else str(layer.macs),
        "dense": _twin_plain(layer.dense),
        "against": _twin_plain(layer.against),
    }


def _twin_plain(dense: DenseTwin | None) -> Plain:
    if dense is None:
        return None
    return {
        "inputs": dense.inputs,
        "outputs": dense.outputs,
        "weights": dense.weights,
        "parameters": dense.parameters.value,
        "ratio": dense.ratio,
    }


def _facts(layer: DeclaredLayer) -> list[str]:
    rows: list[tuple[str, str]] = []
    order = "channels last" if layer.declaration.channels_last else "channels first"
    if layer.input_shape is not None:
        rows.append(("input", f"{shape_in_words(layer.input_shape)}  ({order}, one sample)"))
    if layer.output_shape is not None:
        rows.append(("output", shape_in_words(layer.output_shape)))
    rows += [("", str(size)) for size in layer.sizes]
    if layer.parameters is None:
        rows.append(("parameters", "depend on the input's channels; give the input (input_shape, --input)"))
    else:
        rows.append(("parameters", str(layer.parameters) if layer.parameters.value else "0: nothing is learned"))
    rows += [("", f"{weight.name} {shape_in_words(weight.shape)}") for weight in layer.weights or ()]
    if layer.statistics:
        rows.append(("statistics", f"{layer.statistics:,} running means and variances, kept but not learned"))
    if layer.macs is not None and layer.macs.value:
        rows.append(("MACs", f"{layer.macs} multiply-accumulates for one sample"))
    if layer.dense is not None:
        rows.append(("dense", "the dense layer from this input to this output would have"))
        rows += [("", text) for text in _twin(layer.dense)]
    if layer.against is not None:
        rows.append(("dense", f"a dense layer from this input to {layer.against.outputs:,} units would have"))
        rows += [("", text) for text in _twin(layer.against)]
    if layer.input_shape is None:
        rows.append(
            ("", f"give the input (input_shape, --input) for the output and the cost ({order}, without the batch)")
        )
    label = max(len(name) for name, _ in rows)
    return [f"{name:<{label}}  {text}" for name, text in rows]


def _twin(dense: DenseTwin) -> list[str]:
    lines = [f"{dense.parameters} parameters"]
    if dense.ratio is not None:
        times = dense.ratio
        shown = f"{times:,.0f} times as many" if times >= 10 else f"{times:.3g} times as many"
        lines.append(shown)
    return lines


def shape_in_words(shape: tuple[int, ...]) -> str:
    """As people write it: 3×224×224."""
    return "×".join(str(size) for size in shape) or "one number"


def _value(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
