"""What the installed pulumi_aws SDK knows of every type: read from its source, never imported.

Importing the SDK takes longer than a provider lives. Its generated files are regular, so one type
is found by text search and only its constructor signatures are parsed, on first use; the result is
kept as JSON in the user's cache, by SDK version.
"""

import ast
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Final, cast

import platformdirs

_DISTRIBUTION = "pulumi-aws"
_PACKAGE = "pulumi_aws"
_FORMAT = 1
"""Of the cached files; a change of their meaning needs a new number."""

_GETTER = re.compile(
    r'@pulumi\.getter(?:\(name="(\w+)"\))?\n'
    r'(?:    @_utilities\.deprecated\("""(?:(?!""").)*"""\)\n)?    def (\w+)\(self\)',
    re.DOTALL,
)
_MODULE = re.compile(r'"fqn": "pulumi_aws\.?([\w.]*)",\n\s+"classes": {([^}]*)}')
_CLASS = re.compile(r'"(aws:[^"]+)": "(\w+)"')
_SNAKE = re.compile(r"(?<!^)(?=[A-Z])")
_SCALARS: Final = {"str": "str", "int": "int", "float": "float", "bool": "bool"}


@dataclass(frozen=True)
class Member:
    """One property of a type or of an object inside it.

    Attributes:
        kind: ``str``, ``int``, ``float``, ``bool``, ``list``, ``map``, ``object`` or ``any``.
        of: For lists and maps the kind of the items (``object`` for objects).
        object: The SDK class of the object, of the property or of its items.
        required: Whether the SDK insists on it.
    """

    kind: str
    of: str = ""
    object: str = ""
    required: bool = False


@dataclass(frozen=True)
class TypeFacts:
    """What the SDK declares for one type.

    Attributes:
        inputs: Its inputs by camelCase name.
        outputs: Its outputs by camelCase name, the echoed inputs among them.
        objects: The members of every object class reachable from the inputs.
    """

    inputs: Mapping[str, Member]
    outputs: Mapping[str, Member]
    objects: Mapping[str, Mapping[str, Member]]

    def computed(self) -> dict[str, str]:
        """Outputs that are no inputs, each with its kind."""
        return {
            name: member.kind for name, member in self.outputs.items() if name not in self.inputs
        }


@cache
def facts(token: str) -> TypeFacts | None:
    """What the SDK declares for a type; nothing for a token it does not have."""
    kept = _cache_file(token)
    try:
        return _from_json(json.loads(kept.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        found = scan(token)
    if found is not None:
        _keep(kept, found)
    return found


def preload(tokens: Iterable[str]) -> None:
    """Look these types up now, so that forks of this process need not."""
    provider_inputs()
    for token in tokens:
        facts(token)


@cache
def provider_inputs() -> frozenset[str]:
    """The settings an explicit aws provider takes."""
    text = _source("provider.py")
    return frozenset(_members(text, "ProviderArgs"))


def scan(token: str) -> TypeFacts | None:
    """Read a type from the SDK's source, without the cache."""
    place = _places().get(token)
    if place is None:
        return None
    folder, class_name = place
    text = _resource_source(folder, token, class_name)
    # An argument class whose name an object class had taken is called InitArgs.
    inputs = _members(text, f"{class_name}InitArgs") or _members(text, f"{class_name}Args")
    outputs = {**inputs, **_members(text, f"_{class_name}State")}
    objects: dict[str, Mapping[str, Member]] = {}
    waiting = [member.object for member in inputs.values() if member.object]
    while waiting:
        name = waiting.pop()
        if name not in objects:
            objects[name] = _members(_source(f"{folder}/_inputs.py"), name)
            waiting += [member.object for member in objects[name].values() if member.object]
    return TypeFacts(inputs, outputs, objects)


@cache
def _root() -> Path:
    return Path(str(distribution(_DISTRIBUTION).locate_file(_PACKAGE)))


@cache
def _source(path: str) -> str:
    return (_root() / path).read_text(encoding="utf-8")


@cache
def _places() -> dict[str, tuple[str, str]]:
    """Type token → folder in the SDK and class name, from the SDK's own register."""
    places: dict[str, tuple[str, str]] = {}
    for match in _MODULE.finditer(_source("__init__.py")):
        for token, class_name in _CLASS.findall(match[2]):
            places[token] = (match[1].replace(".", "/"), class_name)
    return places


def _resource_source(folder: str, token: str, class_name: str) -> str:
    stem = _SNAKE.sub("_", token.partition("/")[2].partition(":")[0]).lower()
    wanted = f"class {class_name}(pulumi.CustomResource):"
    guess = _root() / folder / f"{stem}.py"
    if guess.is_file() and wanted in (text := guess.read_text(encoding="utf-8")):
        return text
    # A few file names do not follow from the token (digits, acronyms).
    for path in sorted((_root() / folder).glob("*.py")):
        if not path.name.startswith("_") and wanted in (text := path.read_text(encoding="utf-8")):
            return text
    raise LookupError(f"pulumi_aws registers {token} but has no source for it")


def _members(text: str, class_name: str) -> dict[str, Member]:
    """The members of one generated class: names from its getters, types from its constructor."""
    start = text.find(f"\nclass {class_name}:")
    if start < 0:
        return {}
    end = text.find("\n@pulumi.", start)
    body = text[start : end if end > 0 else len(text)]
    begin = body.index("def __init__(")
    # No parameter contains a colon at a line's end: the first one closes the signature.
    signature = body[begin : body.index("):\n", begin)] + "): pass"
    constructor = cast("ast.FunctionDef", ast.parse(signature).body[0])
    camel = {python: name or python for name, python in _GETTER.findall(body)}
    members: dict[str, Member] = {}
    for argument, default in zip(
        constructor.args.kwonlyargs, constructor.args.kw_defaults, strict=True
    ):
        if argument.annotation is not None:
            name = camel.get(argument.arg, argument.arg)
            members[name] = _member(ast.unparse(argument.annotation), required=default is None)
    return members


def _member(annotation: str, *, required: bool) -> Member:
    kind, rest = _kind(annotation)
    if kind not in {"list", "map"}:
        return Member(kind, "", rest if kind == "object" else "", required)
    item, inner = _kind(rest)
    return Member(kind, item, inner if item == "object" else "", required)


def _kind(annotation: str) -> tuple[str, str]:
    """The outermost kind of an annotation and what is inside it."""
    text = annotation
    while match := re.fullmatch(r"(?:pulumi\.Input|Optional)\[(.*)\]", text):
        text = match[1]
    if match := re.fullmatch(r"Sequence\[(.*)\]", text):
        return "list", match[1]
    if match := re.fullmatch(r"Mapping\[_?\w*\.?str, (.*)\]", text):
        return "map", match[1]
    if match := re.fullmatch(r"'(?:\w+\.)*(\w+Args)'", text):
        return "object", match[1]
    if match := re.match(r"(?:Union\[)?_builtins\.(\w+)", text):
        return _SCALARS.get(match[1], "any"), ""
    return "any", ""


def _cache_file(token: str) -> Path:
    folder = platformdirs.user_cache_path("superinc-platform") / _DISTRIBUTION
    version = distribution(_DISTRIBUTION).version
    return folder / f"{version}-{_FORMAT}" / f"{re.sub(r'[^A-Za-z0-9]', '_', token)}.json"


def _keep(path: Path, found: TypeFacts) -> None:
    """Write the cache; many providers may do so at once, and a full disk is no reason to fail."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}")
        partial.write_text(json.dumps(asdict(found)), encoding="utf-8")
        partial.replace(path)
    except OSError:
        return


def _from_json(document: dict[str, dict[str, dict[str, object]]]) -> TypeFacts:
    def members(of: Mapping[str, object]) -> dict[str, Member]:
        return {name: Member(**cast("dict[str, str]", one)) for name, one in of.items()}  # pyright: ignore[reportArgumentType] - `required` is a bool

    objects = {
        name: members(cast("Mapping[str, object]", one))
        for name, one in document["objects"].items()
    }
    return TypeFacts(members(document["inputs"]), members(document["outputs"]), objects)
