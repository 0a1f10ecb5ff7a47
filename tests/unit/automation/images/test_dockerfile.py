"""A Dockerfile as BuildKit would read it, line by line."""

from pathlib import Path

import pytest

from automation.errors import UsageError
from automation.images.dockerfile import Dockerfile, Instruction, parse, read_dockerfile


def read(tmp_path: Path, text: str) -> Dockerfile:
    file = tmp_path / "Dockerfile"
    file.write_text(text)
    return read_dockerfile(file)


def test_a_here_document_is_no_instruction_and_moves_no_line() -> None:
    text = (
        "FROM scratch\nRUN <<-ONE <<'TWO'\nUSER root\n\tONE\nHEALTHCHECK CMD x\nTWO\n"
        "RUN echo $((1<<2)) <<< word\nUSER 1:1\n"
    )
    assert [(one.name, one.line) for one in parse(text)] == [
        ("FROM", 1),
        ("RUN", 2),
        ("RUN", 7),
        ("USER", 8),
    ]


def test_continued_lines_are_one_instruction_at_its_first_line() -> None:
    one, two = parse("RUN a && \\\n  # why\n  b\nUSER 1:1\n")
    assert (one.line, one.value.split()) == (1, ["a", "&&", "b"])
    assert two.line == 4


def test_flags_are_apart_from_words() -> None:
    (one,) = parse('COPY --from=build --chown=1:1 --link ["a b", "/x"]\n')
    assert one.flags == {"from": "build", "chown": "1:1", "link": "true"}
    assert one.exec_form() == ["a b", "/x"]


def test_what_looks_like_a_list_and_is_none_is_shell_form() -> None:
    for value in ("['python']", '["a", 1]', '"python"', "[python]"):
        assert Instruction(name="CMD", line=1, value=value).exec_form() is None


def test_environment_is_read_in_both_forms() -> None:
    one, old, bare = parse('ENV A=1 B="x y"\nENV OLD value here\nARG NAME\n')
    assert one.assignments() == {"A": "1", "B": "x y"}
    assert old.assignments() == {"OLD": "value here"}
    assert bare.assignments() == {"NAME": ""}


def test_a_stage_inherits_from_the_stage_it_is_from(tmp_path: Path) -> None:
    file = read(
        tmp_path,
        "ARG TAG=3.22.1\nFROM --platform=$BUILDPLATFORM alpine:${TAG} AS base\nARG WHO=7\n"
        "USER $WHO:${GROUP:-8}\nFROM base\nCMD []\n",
    )
    base, image = file.stages
    assert base.base == "alpine:3.22.1"
    assert image.parent is base
    found = image.last("USER")
    assert found is not None
    assert (found.line, image.filled(found.value)) == (4, "7:8")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "got no FROM at its beginning"),
        ("hello\n", "got no FROM at its beginning"),
        ("RUN a\nFROM scratch\n", "got no FROM at its beginning"),
    ],
)
def test_what_is_no_dockerfile_is_a_wrong_argument(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        read(tmp_path, text)


def test_a_folder_is_answered_with_the_file_in_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="got a folder, wanted a Dockerfile") as told:
        read_dockerfile(tmp_path)
    assert told.value.hint == f"platform image lint {tmp_path / 'Dockerfile'}"
