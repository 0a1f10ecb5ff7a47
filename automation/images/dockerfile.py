"""A Dockerfile as stages and instructions, each with its line.

Parsed by dockerfile-parse, which is pure Python. It does not know here-documents, so their bodies
are taken out first. (The package ``dockerfile`` wraps BuildKit's own parser, but has no wheels for
arm64: it would need Go there.)
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from automation.errors import UsageError

_HEREDOC = re.compile(r"(?<![<\w])<<(?P<tabs>-?)(?P<quote>[\"']?)(?P<end>[A-Za-z_]\w*)(?P=quote)")
_HEREDOC_INSTRUCTIONS = frozenset({"ADD", "COPY", "RUN"})
_VARIABLE = re.compile(r"\$(?:\{(?P<braced>\w+)(?::-(?P<default>[^}]*))?[^}]*\}|(?P<plain>\w+))")
_FLAG = re.compile(r"--(?P<name>[a-z-]+)(?:=(?P<value>\S+))?\s+")
_ASSIGNMENT = re.compile(r"""(?P<name>\w+)=(?P<value>"(?:\\.|[^"])*"|'[^']*'|(?:\\.|\S)*)""")


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One instruction.

    Attributes:
        name: In capitals.
        line: Where it begins, from 1.
        value: What follows, without flags.
        flags: Its flags, by name.
    """

    name: str
    line: int
    value: str
    flags: Mapping[str, str] = field(default_factory=dict[str, str])

    def exec_form(self) -> list[str] | None:
        """Its words where it is a JSON list of them; None in shell form."""
        try:
            words = json.loads(self.value)
        except ValueError:
            return None
        if isinstance(words, list) and all(isinstance(word, str) for word in words):  # pyright: ignore[reportUnknownVariableType] - any JSON
            return cast("list[str]", words)
        return None

    def words(self) -> list[str]:
        """Its words in either form."""
        return self.exec_form() or self.value.split()

    def assignments(self) -> dict[str, str]:
        """What an ENV, ARG or LABEL sets; nothing for what has no value."""
        found = {one["name"]: one["value"].strip("\"'") for one in _ASSIGNMENT.finditer(self.value)}
        if found:
            return found
        name, _, value = self.value.partition(" ")
        return {name: value.strip()}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What one FROM begins.

    Attributes:
        base: The image or the earlier stage it is from, with known variables filled in.
        alias: Its own name.
        line: Where it begins.
        instructions: What it does.
        parent: The earlier stage it is from, if it is from one.
    """

    base: str
    alias: str | None
    line: int
    instructions: Sequence[Instruction]
    parent: "Stage | None" = None

    def lineage(self) -> list["Stage"]:
        """This stage and the stages it is from, the last first."""
        return [self, *(self.parent.lineage() if self.parent else [])]

    def last(self, name: str) -> Instruction | None:
        """The instruction of a name that holds: the last, its own before an inherited one."""
        return next((one for stage in self.lineage() for one in reversed(stage.of(name))), None)

    def of(self, *names: str) -> list[Instruction]:
        """Its own instructions of some names."""
        return [one for one in self.instructions if one.name in names]

    def filled(self, value: str) -> str:
        """A value with the variables filled in that the lineage has a value for."""
        known: dict[str, str] = {}
        for stage in reversed(self.lineage()):
            for one in stage.of("ARG", "ENV"):
                known |= {name: text for name, text in one.assignments().items() if text}
        return fill(value, known)


@dataclass(frozen=True, kw_only=True)
class Dockerfile:
    """A whole file.

    Attributes:
        path: Where it is.
        arguments: ARGs before the first FROM.
        stages: Its stages; the last is the image.
    """

    path: str
    arguments: Sequence[Instruction]
    stages: Sequence[Stage]

    @property
    def image(self) -> Stage:
        """The stage that is the image."""
        return self.stages[-1]


def read_dockerfile(path: Path) -> Dockerfile:
    """Read and parse a Dockerfile.

    Raises:
        UsageError: There is none, or it is not one.
    """
    if not path.is_file():
        got = "a folder" if path.is_dir() else "nothing"
        hint = f"platform image lint {path / 'Dockerfile'}" if path.is_dir() else None
        raise UsageError(f"{path}: got {got}, wanted a Dockerfile", hint=hint)
    instructions = parse(path.read_text(encoding="utf-8", errors="replace"))
    first = next((at for at, one in enumerate(instructions) if one.name == "FROM"), None)
    if first is None or any(one.name != "ARG" for one in instructions[:first]):
        raise UsageError(f"{path}: got no FROM at its beginning, wanted a Dockerfile")
    arguments = instructions[:first]
    return Dockerfile(
        path=str(path), arguments=arguments, stages=_stages(arguments, instructions[first:])
    )


def parse(text: str) -> list[Instruction]:
    """The instructions of a file, without comments."""
    from dockerfile_parse import DockerfileParser  # noqa: PLC0415 - only this command needs it

    # It reads bytes, whatever its own annotation says.
    file = cast("Any", BytesIO(_without_heredocs(text).encode()))
    parser: Any = DockerfileParser(fileobj=file)
    structure = cast("list[dict[str, Any]]", parser.structure)
    return [
        _instruction(one["instruction"], one["startline"] + 1, one["value"])
        for one in structure
        if one["instruction"] != "COMMENT"
    ]


def fill(value: str, known: Mapping[str, str]) -> str:
    """A value with known variables filled in; others stay as they are."""

    def text(found: re.Match[str]) -> str:
        name = found["braced"] or found["plain"]
        return known.get(name) or found["default"] or found[0]

    return _VARIABLE.sub(text, value)


def _instruction(name: str, line: int, value: str) -> Instruction:
    flags: dict[str, str] = {}
    while found := _FLAG.match(value):
        flags[found["name"]] = found["value"] or "true"
        value = value[found.end() :]
    return Instruction(name=name.upper(), line=line, value=value.strip(), flags=flags)


def _stages(arguments: Sequence[Instruction], rest: Sequence[Instruction]) -> list[Stage]:
    known = {name: text for one in arguments for name, text in one.assignments().items() if text}
    starts = [at for at, one in enumerate(rest) if one.name == "FROM"]
    stages: list[Stage] = []
    for start, end in zip(starts, [*starts[1:], len(rest)], strict=True):
        words = rest[start].value.split()
        base = fill(words[0], known) if words else ""
        alias = words[2] if len(words) > 2 and words[1].upper() == "AS" else None  # noqa: PLR2004 - FROM image AS name
        stages.append(
            Stage(
                base=base,
                alias=alias,
                line=rest[start].line,
                instructions=rest[start + 1 : end],
                parent=next((one for one in stages if one.alias == base), None),
            )
        )
    return stages


def _without_heredocs(text: str) -> str:
    """The text with the bodies of here-documents made comments: no line moves."""
    return "\n".join(_lines(text.splitlines()))


def _lines(lines: Sequence[str]) -> Iterator[str]:
    waiting: list[re.Match[str]] = []
    inside, continued = "", False
    for line in lines:
        if waiting and not continued:
            ended = line.lstrip("\t") if waiting[0]["tabs"] else line
            if ended == waiting[0]["end"]:
                waiting.pop(0)
            yield "#"
            continue
        yield line
        if line.lstrip().startswith("#"):
            continue
        if not continued:
            inside = (line.split() or [""])[0].upper()
        if inside in _HEREDOC_INSTRUCTIONS:
            waiting += _HEREDOC.finditer(line)
        continued = line.rstrip().endswith("\\")
