"""Writes the table of ONNX operators in docs/guides/onnx.md from the importer's own table.

Run it from anywhere: ``python scripts/operator_table.py``.
"""

from __future__ import annotations

from pathlib import Path

import striate.lenses.explain  # fills the table of explainers
from striate import ops
from striate.graph import Op
from striate.importers.onnx.converters import converted_ops, find_converter
from striate.lenses.explain.table import explainer_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "guides" / "onnx.md"
BEGIN, END = "<!-- operators: written by scripts/operator_table.py -->", "<!-- end of operators -->"
NEWEST = 10**6
# The reader itself takes these apart, without a converter.
BY_READER = ("Constant", "If")


def families() -> dict[str, list[str]]:
    """ONNX's operators by the family that their converter belongs to."""
    found: dict[str, list[str]] = {}
    for domain, op_type in sorted(converted_ops()):
        converter = find_converter(op_type, domain, NEWEST)
        assert converter is not None
        family = converter.__module__.rpartition(".")[2]
        found.setdefault(family, []).append(f"{domain}.{op_type}" if domain else op_type)
    found["constants and branches"] = list(BY_READER)
    return dict(sorted(found.items()))


def explained(op_type: str) -> bool:
    """Whether the inside of an operator can be explained; one that becomes another op counts as that."""
    kind = getattr(ops, op_type, None)
    return not (isinstance(kind, type) and issubclass(kind, Op)) or explainer_of(kind) is not None


def table() -> str:
    """The table as Markdown."""
    assert striate.lenses.explain.EXPLAINERS
    rows = [f"| {family} | {' '.join(f'`{name}`' for name in names)} |" for family, names in families().items()]
    count = sum(len(names) for names in families().values())
    missing = [name for names in families().values() for name in names if not explained(name)]
    lines = [f"{count} operators, in all their versions from opset 7 on:", "", "| family | operators |", "|---|---|"]
    lines += rows
    if missing:
        lines += ["", f"All can be run; not yet explained: {' '.join(f'`{name}`' for name in missing)}."]
    else:
        lines += ["", "Each of them can be explained."]
    return "\n".join(lines)


def written(page: str) -> str:
    """The page with the table of now in its place."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
