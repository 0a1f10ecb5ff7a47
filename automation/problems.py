"""What is wrong with a configuration, and where: pydantic's errors in our words."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from automation.yaml_lines import Path

_SHOWN = 60
"""Characters of a value that an error repeats."""

_WANTED = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "enum": "{expected}",
    "float_parsing": "a number",
    "float_type": "a number",
    "frozen_set_type": "a list",
    "greater_than": "more than {gt}",
    "greater_than_equal": "{ge} or more",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "less_than": "less than {lt}",
    "less_than_equal": "{le} or less",
    "list_type": "a list",
    "literal_error": "{expected}",
    "missing": "a value",
    "model_attributes_type": "a mapping",
    "model_type": "a mapping",
    "set_type": "a list",
    "string_pattern_mismatch": "a match of {pattern}",
    "string_too_long": "{max_length} characters or fewer",
    "string_too_short": "{min_length} characters or more",
    "string_type": "a string",
    "too_long": "{max_length} entries or fewer",
    "too_short": "{min_length} entries or more",
    "tuple_type": "a list",
}
"""What was wanted, by pydantic's error type (https://docs.pydantic.dev/latest/errors/validation_errors/)."""

# A model's own check may find several things at once: `path: text; path: text`.
_NEXT = re.compile(r"; (?=[a-z_][\w.\[\]-]*: )")
_LOCATED = re.compile(r"(?P<path>[a-z_][\w.-]*): (?P<text>.+)", re.DOTALL)


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, and its place.

    Attributes:
        file: The file, relative to the project.
        line: Its line, from 1.
        path: The configuration path, such as `superinc:network.cidr`; empty for the file itself.
        text: What was got and what was wanted.
        column: Its column, where only that finds the fault.
    """

    file: str
    line: int
    path: str
    text: str
    column: int | None = None

    def __str__(self) -> str:
        """The line a person reads: `Pulumi.staging.yaml:7: superinc:network.cidr: got …`."""
        column = f":{self.column}" if self.column else ""
        path = f" {self.path}:" if self.path else ""
        return f"{self.file}:{self.line}{column}:{path} {self.text}"


def did_you_mean(got: str, known: Iterable[str]) -> str:
    """A suggestion to append, or nothing when no known name is close."""
    names = sorted(known)
    # Abbreviations first: to difflib, `prod` is far from `production`.
    begun = [name for name in names if len(got) > 1 and name.startswith(got)]
    close = begun if len(begun) == 1 else get_close_matches(got, names, n=1, cutoff=0.6)
    return f" (did you mean {close[0]}?)" if close else ""


def unknown_key(got: str, known: Sequence[str]) -> str:
    """The text about a key that nothing reads."""
    wanted = f"one of {', '.join(known)}" if known else "no key"
    return f"got an unknown key, wanted {wanted}{did_you_mean(got, known)}"


def shown(value: object) -> str:
    """A value as an error repeats it: short, and never a whole structure."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple, set)):
        return "a list"
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def dotted(path: Path) -> str:
    """A path as people write it: `zones[0].name`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def explain(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[Path, str]]:
    """Every problem of a validation as its path below the model, and its text."""
    for detail in error.errors(include_url=False):
        path = tuple(part for part in detail["loc"] if part != "[key]")
        context: Mapping[str, Any] = detail.get("ctx", {})
        if detail["type"] == "value_error":
            yield from _of_a_check(str(context["error"]), path, model)
        elif detail["type"] == "extra_forbidden":
            yield path, unknown_key(str(path[-1]), _fields_at(model, path[:-1]))
        else:
            yield path, _got_wanted(detail["type"], detail["input"], context, detail["msg"])


def _got_wanted(kind: str, value: object, context: Mapping[str, Any], message: str) -> str:
    template = _WANTED.get(kind)
    wanted = template.format(**context) if template else message[:1].lower() + message[1:]
    if kind in {"enum", "literal_error"}:
        names = re.findall(r"'([^']*)'", wanted)
        wanted = f"one of {', '.join(names)}{did_you_mean(str(value), names)}" if names else wanted
    if kind == "string_type" and isinstance(value, (int, float)):
        wanted += " in quotes"
    if kind in {"too_long", "too_short"}:
        return f"got {context['actual_length']} entries, wanted {wanted}"
    return f"got {'nothing' if kind == 'missing' else shown(value)}, wanted {wanted}"


def _of_a_check(message: str, path: Path, model: type[BaseModel]) -> Iterator[tuple[Path, str]]:
    fields = _fields_at(model, path)
    for part in _NEXT.split(message):
        located = _LOCATED.fullmatch(part)
        if located and located["path"].split(".")[0] in fields:
            yield (*path, *located["path"].split(".")), located["text"]
        else:
            yield path, part


def _fields_at(annotation: object, path: Path) -> tuple[str, ...]:
    """The keys a model knows at a path, where the path leads to a model."""
    for part in path:
        annotation = _step(annotation, part)
    for candidate in _alternatives(annotation):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return tuple(candidate.model_fields)
    return ()


def _step(annotation: object, part: str | int) -> object:
    for candidate in _alternatives(annotation):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            if part in candidate.model_fields:
                return candidate.model_fields[str(part)].annotation
        elif arguments := get_args(candidate):
            return arguments[-1] if isinstance(part, str) else arguments[0]
    return None


def _alternatives(annotation: object) -> tuple[object, ...]:
    """The members of a union, or the annotation itself, without what `Annotated` adds."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _alternatives(get_args(annotation)[0])
    if origin in {Union, UnionType}:
        return tuple(inner for member in get_args(annotation) for inner in _alternatives(member))
    return (annotation,)
