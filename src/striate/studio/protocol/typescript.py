"""Writes the messages as TypeScript; ``python -m striate.studio.protocol.typescript FILE`` renews the page's file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from striate.studio.protocol import EXCHANGES, NOTICES, PROTOCOL, UPLOADS, Answer, Part, Request

_HEAD = """\
// Written by `python -m striate.studio.protocol.typescript`; do not edit. A test fails when it is not what Python says.

export const PROTOCOL = {protocol};

/** A number as JSON can write it. */
export type Float = number | "NaN" | "Infinity" | "-Infinity";

/** The number that it stands for. */
export const toNumber = (float: Float): number => Number(float);
"""
_PLAIN = {str: "string", bool: "boolean", int: "number", float: "Float", NoneType: "null"}


def typescript() -> str:
    """The whole file.

    Example:
        >>> "export interface MapsAnswer" in typescript()
        True
    """
    parts = [_HEAD.format(protocol=PROTOCOL)]
    parts += [_interface(model) for model in _models()]
    parts.append(_exchanges())
    return "\n".join(parts)


def _models() -> list[type[Part]]:
    """Every model, each behind those that it mentions."""
    found: dict[type[Part], None] = {}
    for request, answer in EXCHANGES.values():
        for model in (request, answer):
            _collect(model, found)
    for model in (*NOTICES, *UPLOADS):
        _collect(model, found)
    return list(found)


def _collect(model: type[Part], found: dict[type[Part], None]) -> None:
    if model in found:
        return
    for field in model.model_fields.values():
        for mentioned in _mentioned(field.annotation):
            _collect(mentioned, found)
    found[model] = None


def _mentioned(annotation: object) -> Iterator[type[Part]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    for argument in get_args(annotation):
        yield from _mentioned(argument)


def _interface(model: type[Part]) -> str:
    lines = [f"/** {line}" if not i else f" * {line}" for i, line in enumerate(_description(model))]
    lines[-1] += " */"
    lines.append(f"export interface {model.__name__} {{")
    # What a request may leave out has a default; an answer is always whole.
    optional = not issubclass(model, Answer)
    for name, field in model.model_fields.items():
        if field.description:
            lines.append(f"  /** {field.description} */")
        mark = "?" if optional and not field.is_required() else ""
        lines.append(f"  {name}{mark}: {_field_type(field)};")
    return "\n".join([*lines, "}", ""])


def _description(model: type[Part]) -> list[str]:
    lines = [line.strip() for line in (model.__doc__ or "").strip().splitlines() if line.strip()]
    if issubclass(model, Request | Answer):
        lines += [f"array `{name}`: {what}" for name, what in model.ARRAYS.items()]
    return lines


def _field_type(field: FieldInfo) -> str:
    return _type(field.annotation)


def _type(annotation: object) -> str:
    if annotation is None:
        return "null"
    if isinstance(annotation, type) and annotation in _PLAIN:
        return _PLAIN[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation.__name__
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(arguments[0])
    if origin is Literal:
        return " | ".join(f'"{value}"' for value in arguments)
    if origin in (Union, UnionType):
        return " | ".join(_type(argument) for argument in arguments)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        inner = _type(arguments[0])
        several = get_origin(arguments[0]) in (Union, UnionType, Literal)
        return f"({inner})[]" if several else f"{inner}[]"
    if origin is tuple:
        return f"[{', '.join(_type(argument) for argument in arguments)}]"
    raise TypeError(f"no TypeScript for {annotation!r}")


def _exchanges() -> str:
    lines = ["/** Answer by type of request. */", "export interface Answers {"]
    lines += [f"  {name}: {answer.__name__};" for name, (_, answer) in EXCHANGES.items()]
    lines += ["}", "", "/** Request by its type. */", "export interface Requests {"]
    lines += [f"  {name}: {request.__name__};" for name, (request, _) in EXCHANGES.items()]
    lines += ["}", "", "export type RequestType = keyof Requests;"]
    lines.append("export type Request = Requests[RequestType];")
    notices = " | ".join(notice.__name__ for notice in NOTICES)
    lines.append(f"export type Notice = {notices};")
    lines.append("export type Answer = Answers[RequestType] | Notice;")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(typescript(), "utf-8")
