"""What a resource of the synth must be like: a path into it, and one thing its value must be.

A path leads through mappings by dots and through every element of a list by `[]`:
`policy.Statement[].Sid`. A JSON text on the way is read as what it holds. `@account`, `@region`,
`@name`, `@protect` and `@retain_on_delete` are the resource's own, beside its properties.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Self, cast

from pydantic import BaseModel, ConfigDict, JsonValue, model_validator

Resource = Mapping[str, Any]
"""A resource of the synth document."""

OWN = ("account", "region", "name", "protect", "retain_on_delete")

_SHOWN = 60


class Predicate(BaseModel):
    """A path, and exactly one operator. It holds where some value at the path does.

    Attributes:
        path: Where to look.
        equals: The value is this.
        differs: No value is this.
        one_of: The value is one of these.
        matches: The text matches this regular expression as a whole.
        contains: The list has this element, the text this part, the mapping this key. Of an
            element that is a mapping, what is said must be in it.
        present: Whether there is a value at all.
        at_least: The number, or the length of the list, is no less.
        at_most: The number, or the length of the list, is no more.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    equals: JsonValue = None
    differs: JsonValue = None
    one_of: tuple[JsonValue, ...] = ()
    matches: str | None = None
    contains: JsonValue = None
    present: bool | None = None
    at_least: int | float | None = None
    at_most: int | float | None = None

    @model_validator(mode="after")
    def _one_operator(self) -> Self:
        given = sorted(self.model_fields_set - {"path"})
        if len(given) != 1:
            known = ", ".join(name for name in type(self).model_fields if name != "path")
            got = ", ".join(given) or "none"
            raise ValueError(f"got operators {got}, wanted exactly one of {known}")
        if self.path.startswith("@") and self.path[1:] not in OWN:
            wanted = ", ".join(f"@{name}" for name in OWN)
            raise ValueError(f"path: got {self.path!r}, wanted one of {wanted}, or a property")
        if self.matches is not None:
            try:
                re.compile(self.matches)
            except re.error as error:
                raise ValueError(f"matches: got {error}, wanted a regular expression") from error
        return self

    @property
    def operator(self) -> str:
        """The operator that is given."""
        return next(iter(self.model_fields_set - {"path"}))

    def __str__(self) -> str:
        """The predicate in words: `nat equals "single"`."""
        if self.present is not None:
            return f"{self.path} {'present' if self.present else 'absent'}"
        return f"{self.path} {self.operator.replace('_', ' ')} {shown(self.wanted)}"

    @property
    def wanted(self) -> object:
        """The operator's operand."""
        return getattr(self, self.operator)

    def holds(self, resource: Resource) -> bool:
        """Whether a resource is like this."""
        values = list(values_at(resource, self.path))
        if self.operator == "present":
            return bool(values) is self.present
        if self.operator == "differs":
            return all(value != self.differs for value in values)
        return any(self._accepts(value) for value in values)

    def _accepts(self, value: object) -> bool:
        match self.operator:
            case "equals":
                return value == self.equals and isinstance(value, bool) == isinstance(
                    self.equals, bool
                )
            case "one_of":
                return value in self.one_of
            case "matches":
                return isinstance(value, str) and bool(re.fullmatch(self.matches or "", value))
            case "contains":
                return _contains(value, self.contains)
            case "at_least":
                return (size := _size(value)) is not None and size >= (self.at_least or 0)
            case _:
                return (size := _size(value)) is not None and size <= (self.at_most or 0)

    def got(self, resource: Resource) -> str:
        """What stands at the path instead, for an error."""
        values = [shown(value) for value in values_at(resource, self.path)]
        return ", ".join(values[:3]) + (", …" if len(values) > 3 else "") if values else "nothing"  # noqa: PLR2004 - as many as a line holds


def values_at(resource: Resource, path: str) -> Iterator[object]:
    """Every value at a path of a resource; none where a step is absent or null."""
    if path.startswith("@"):
        own = resource.get(path[1:])
        if own is not None:
            yield own
        return
    properties = {**resource["outputs"], **resource["inputs"]}
    yield from _descend(properties, path.split("."))


def _descend(value: object, steps: list[str]) -> Iterator[object]:
    if value is None:
        return
    if not steps:
        yield value
        return
    if isinstance(value, str):
        value = _decoded(value)
    step, *rest = steps
    name = step.removesuffix("[]")
    inner = cast("dict[str, object]", value).get(name) if isinstance(value, dict) else None
    if step.endswith("[]"):
        inner = _decoded(inner) if isinstance(inner, str) else inner
        # IAM writes one element bare and several as a list.
        elements = cast("list[object]", inner if isinstance(inner, list) else [inner])
        for element in elements:
            yield from _descend(element, rest)
    else:
        yield from _descend(inner, rest)


def _decoded(text: str) -> object:
    try:
        return json.loads(text) if text.startswith(("{", "[")) else text
    except ValueError:
        return text


def _contains(value: object, wanted: object) -> bool:
    if isinstance(value, str):
        inner = _decoded(value)
        if isinstance(inner, str):
            return isinstance(wanted, str) and wanted in inner
        value = inner
    if isinstance(value, dict):
        return isinstance(wanted, str) and wanted in value
    return isinstance(value, list) and any(
        _includes(element, wanted) for element in cast("list[object]", value)
    )


def _includes(element: object, wanted: object) -> bool:
    """Whether all that is said of a mapping is in it; equality for everything else."""
    if isinstance(wanted, dict) and isinstance(element, dict):
        whole = cast("dict[str, object]", element)
        return all(
            name in whole and _includes(whole[name], value)
            for name, value in cast("dict[str, object]", wanted).items()
        )
    return element == wanted


def _size(value: object) -> float | None:
    value = _decoded(value) if isinstance(value, str) else value
    if isinstance(value, list):
        return len(cast("list[object]", value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    return None


def shown(value: object) -> str:
    """A value as a line can hold it."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
